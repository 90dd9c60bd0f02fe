// SPDX-License-Identifier: GPL-2.0
/*
 * A container's network figures: the sums over the devices of its network
 * namespace, which is that of its first program. Holds no namespace alive.
 */
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/sched/task.h>
#include <net/net_namespace.h>

#include "sysmon.h"

/* A namespace with more devices has no figures: their owner chooses how many. */
#define DEVICES_MAX 256

static void add_device(struct net_device *dev, struct sysmon_net *sum)
{
	struct rtnl_link_stats64 s;
	u64 *v = sum->value;

	dev_get_stats(dev, &s);
	*v++ += s.rx_bytes;
	*v++ += s.rx_packets;
	*v++ += s.rx_dropped;
	*v++ += s.rx_errors;
	*v++ += s.tx_bytes;
	*v++ += s.tx_packets;
	*v++ += s.tx_dropped;
	*v++ += s.tx_errors;
}

/* Context: @task is current, or locked. */
static struct net *get_namespace(const struct task_struct *task)
{
	const struct nsproxy *nsproxy = task->nsproxy;

	if (!nsproxy || nsproxy->net_ns == &init_net)
		return NULL;
	return maybe_get_net(nsproxy->net_ns);
}

/* A probe asks for its own task, which needs no lock. */
static struct net *namespace_of(struct task_struct *task)
{
	struct net *net;

	if (task == current)
		return get_namespace(task);
	task_lock(task);
	net = get_namespace(task);
	task_unlock(task);
	return net;
}

/**
 * sysmon_net_of() - sum up the network of a task's namespace
 * @task: alive, or the caller's RCU section keeps it
 * @sum: gets the sums over all devices but lo, as ip -s link shows them
 *
 * Context: any but interrupts, under RCU.
 * Return: false when it has none of its own any more, the host's, or one with
 * more devices than are looked at.
 */
bool sysmon_net_of(struct task_struct *task, struct sysmon_net *sum)
{
	struct net *net = namespace_of(task);
	struct net_device *dev;
	unsigned int n = 0;

	if (!net)
		return false;
	memset(sum, 0, sizeof(*sum));
	for_each_netdev_rcu(net, dev) {
		if (n++ == DEVICES_MAX)
			break;
		if (!(dev->flags & IFF_LOOPBACK))
			add_device(dev, sum);
	}
	put_net(net);
	return n <= DEVICES_MAX;
}

static bool read_live(struct sysmon_container *c, struct sysmon_net *sum)
{
	struct task_struct *task;
	bool found = false;

	rcu_read_lock();
	task = pid_task(READ_ONCE(c->facts->init), PIDTYPE_TGID);
	if (task)
		found = sysmon_net_of(task, sum);
	rcu_read_unlock();
	return found;
}

/**
 * sysmon_network() - bring a container's network figures up to date
 * @c: the container
 *
 * Once its first program has ended, they are those of that moment.
 *
 * Context: process, under sysmon_lock.
 */
void sysmon_network(struct sysmon_container *c)
{
	struct sysmon_facts *facts = c->facts;
	struct sysmon_net sum;
	unsigned int i;
	bool found;

	if (!facts)
		return;
	raw_spin_lock_irq(&facts->lock);
	found = facts->have_net;
	if (found)
		sum = facts->net;
	raw_spin_unlock_irq(&facts->lock);
	if (!found && !read_live(c, &sum))
		return;
	for (i = 0; i < SYSMON_NET_FIGURES; i++)
		sysmon_set(&c->sample.f, SYSMON_A_CONTAINER_NET_RX_BYTES + i,
			   sum.value[i]);
}
