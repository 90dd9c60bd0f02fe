// SPDX-License-Identifier: GPL-2.0
/*
 * Reading of cgroup files, for what no exported structure shows. Owns the
 * private mounts of cgroup2 and proc. Knows nothing of figures.
 *
 * The mounts are made from a work item, so that the initial namespaces are
 * used whoever loads the module.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/kernfs.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "sysmon.h"

/* Ticks to wait before a file that could not be opened is tried again. */
#define RETRY_TICKS 16

static struct vfsmount *cgroup_mnt;
static struct vfsmount *proc_mnt;

static struct vfsmount *mount_type(const char *name, char *options)
{
	struct file_system_type *type = get_fs_type(name);
	struct vfsmount *mnt;

	if (!type)
		return ERR_PTR(-ENODEV);
	mnt = vfs_kern_mount(type, SB_KERNMOUNT, name, options);
	module_put(type->owner);
	return mnt;
}

/*
 * A mount in the initial cgroup namespace applies its options to the whole
 * hierarchy (apply_cgroup_root_flags()): hand it those that are in force.
 */
static struct vfsmount *mount_cgroup2(void)
{
	unsigned int before = cgrp_dfl_root.flags;
	struct vfsmount *mnt;
	char options[160];

	sysmon_cgroup_options(before, options, sizeof(options));
	mnt = mount_type("cgroup2", options[0] ? options : NULL);
	if (cgrp_dfl_root.flags != before)
		pr_err("the flags of the cgroup hierarchy changed from %#x to %#x: this kernel has a mount option that sysmon does not know\n",
		       before, cgrp_dfl_root.flags);
	return mnt;
}

static struct file *open_below(struct vfsmount *mnt, const char *path)
{
	const struct path root = { .mnt = mnt, .dentry = mnt->mnt_root };

	return file_open_root(&root, path, O_RDONLY, 0);
}

/* Another cgroup may have taken the path since: compare the inode. */
static bool is_file_of(const struct file *file, struct cgroup *cgrp)
{
	struct dentry *dir = dget_parent(file->f_path.dentry);
	bool same = d_inode(dir)->i_ino == (unsigned long)cgroup_id(cgrp);

	dput(dir);
	return same;
}

static int open_cgroup_file(struct sysmon_file *f, struct cgroup *cgrp,
			    const char *path, const char *name)
{
	char *full = kasprintf(GFP_KERNEL, "%s/%s", path + 1, name);
	struct file *file;

	if (!full)
		return -ENOMEM;
	file = open_below(cgroup_mnt, full);
	kfree(full);
	if (IS_ERR(file))
		return PTR_ERR(file);
	if (!is_file_of(file, cgrp)) {
		fput(file);
		return -ENOENT;
	}
	f->file = file;
	return 0;
}

/**
 * sysmon_cgfile_read() - read a cgroup's file, opening it when it is not open
 * @f: keeps the file open between calls
 * @cgrp: whose file it is
 * @path: path of @cgrp from the root of the hierarchy
 * @name: the file's name
 * @pos: where to read
 * @buf: gets what was read, zero-terminated
 * @size: room in @buf
 *
 * Context: process, under sysmon_lock.
 * Return: bytes read; -ENOENT or -ENODEV when there is no such file (any
 * more), -EAGAIN when that was found lately, or another error.
 */
ssize_t sysmon_cgfile_read(struct sysmon_file *f, struct cgroup *cgrp,
			   const char *path, const char *name, loff_t pos,
			   char *buf, size_t size)
{
	ssize_t n;

	if (!f->file) {
		if (sysmon_tick.number < f->retry_tick)
			return -EAGAIN;
		n = open_cgroup_file(f, cgrp, path, name);
		if (n) {
			f->retry_tick = sysmon_tick.number + RETRY_TICKS;
			return n;
		}
	}
	n = kernel_read(f->file, buf, size - 1, &pos);
	if (n >= 0)
		buf[n] = '\0';
	else
		sysmon_cgfile_close(f);
	return n;
}

void sysmon_cgfile_close(struct sysmon_file *f)
{
	if (f->file)
		fput(f->file);
	f->file = NULL;
}

/**
 * sysmon_parse_u64() - read the digits at the beginning of a text
 * @text: kstrtou64() wants nothing behind them, so a copy
 * @value: gets the number, 0 when there is no digit
 *
 * Return: what follows; @text itself when there is no digit.
 */
const char *sysmon_parse_u64(const char *text, u64 *value)
{
	for (*value = 0; *text >= '0' && *text <= '9'; text++)
		*value = *value * 10 + (*text - '0');
	return text;
}

/**
 * sysmon_procfile_read() - read the beginning of a file under /proc
 * @path: below /proc, without a leading slash
 * @buf: gets what was read, zero-terminated
 * @size: room in @buf
 *
 * Context: process.
 * Return: bytes read or an error.
 */
ssize_t sysmon_procfile_read(const char *path, char *buf, size_t size)
{
	struct file *file = open_below(proc_mnt, path);
	loff_t pos = 0;
	ssize_t n;

	if (IS_ERR(file))
		return PTR_ERR(file);
	n = kernel_read(file, buf, size - 1, &pos);
	if (n >= 0)
		buf[n] = '\0';
	fput(file);
	return n;
}

struct mount_work {
	struct work_struct work;
	int err;
};

static void mount_all(struct work_struct *work)
{
	struct mount_work *mw = container_of(work, struct mount_work, work);

	cgroup_mnt = mount_cgroup2();
	if (IS_ERR(cgroup_mnt)) {
		mw->err = PTR_ERR(cgroup_mnt);
		return;
	}
	proc_mnt = mount_type("proc", NULL);
	if (IS_ERR(proc_mnt)) {
		mw->err = PTR_ERR(proc_mnt);
		kern_unmount(cgroup_mnt);
	}
}

int sysmon_cgfile_init(void)
{
	struct mount_work mw = {};

	INIT_WORK_ONSTACK(&mw.work, mount_all);
	schedule_work(&mw.work);
	flush_work(&mw.work);
	destroy_work_on_stack(&mw.work);
	if (mw.err)
		pr_err("can't mount cgroup2 and proc: error %d\n", mw.err);
	return mw.err;
}

/* All containers, and so all open files, are gone by now. */
void sysmon_cgfile_exit(void)
{
	kern_unmount(proc_mnt);
	kern_unmount(cgroup_mnt);
}
