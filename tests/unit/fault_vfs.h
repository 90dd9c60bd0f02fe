/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A disk for SQLite whose writes fail: from the n-th one on, as many as are
 * asked for, with the error given. Everything else is the system's own. It also
 * knows what a cut of the power would take: writes that were not synced.
 */
#ifndef SYSMON_TEST_FAULT_VFS_H
#define SYSMON_TEST_FAULT_VFS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

static struct {
	long left;  /* writes before the first that fails; 0: none fails */
	long times; /* how many fail */
	int error;  /* SQLITE_IOERR or SQLITE_FULL */
	long failed;
	long unsynced; /* files written to since their last sync */
} fault;

struct fault_file {
	sqlite3_file base;
	sqlite3_file *real; /* behind this struct */
	bool unsynced;
};

static sqlite3_vfs *fault_real;

static bool fault_strikes(void)
{
	if (!fault.left || --fault.left > 0)
		return false;
	fault.failed++;
	fault.left = --fault.times > 0 ? 1 : 0;
	return true;
}

static sqlite3_file *fault_real_of(sqlite3_file *f)
{
	return ((struct fault_file *)(void *)f)->real;
}

static void fault_set_unsynced(sqlite3_file *f, bool unsynced)
{
	struct fault_file *file = (struct fault_file *)(void *)f;

	fault.unsynced += unsynced - file->unsynced;
	file->unsynced = unsynced;
}

#define REAL(f) fault_real_of(f)->pMethods

static int fault_close(sqlite3_file *f)
{
	fault_set_unsynced(f, false);
	return REAL(f)->xClose(fault_real_of(f));
}

static int fault_read(sqlite3_file *f, void *buf, int n, sqlite3_int64 at)
{
	return REAL(f)->xRead(fault_real_of(f), buf, n, at);
}

/* Half of it may have been written, as on a disk that is full. */
static int fault_write(sqlite3_file *f, const void *buf, int n,
		       sqlite3_int64 at)
{
	fault_set_unsynced(f, true);
	if (!fault_strikes())
		return REAL(f)->xWrite(fault_real_of(f), buf, n, at);
	REAL(f)->xWrite(fault_real_of(f), buf, n / 2, at);
	return fault.error == SQLITE_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int fault_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	if (fault_strikes())
		return SQLITE_IOERR_TRUNCATE;
	return REAL(f)->xTruncate(fault_real_of(f), size);
}

/* Nobody cuts the power: what was written need not reach a disk. */
static int fault_sync(sqlite3_file *f, int flags)
{
	(void)flags;
	if (fault_strikes())
		return SQLITE_IOERR_FSYNC;
	fault_set_unsynced(f, false);
	return SQLITE_OK;
}

static int fault_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return REAL(f)->xFileSize(fault_real_of(f), size);
}

static int fault_lock(sqlite3_file *f, int level)
{
	return REAL(f)->xLock(fault_real_of(f), level);
}

static int fault_unlock(sqlite3_file *f, int level)
{
	return REAL(f)->xUnlock(fault_real_of(f), level);
}

static int fault_check_lock(sqlite3_file *f, int *out)
{
	return REAL(f)->xCheckReservedLock(fault_real_of(f), out);
}

static int fault_control(sqlite3_file *f, int op, void *arg)
{
	return REAL(f)->xFileControl(fault_real_of(f), op, arg);
}

static int fault_sector(sqlite3_file *f)
{
	return REAL(f)->xSectorSize(fault_real_of(f));
}

static int fault_device(sqlite3_file *f)
{
	return REAL(f)->xDeviceCharacteristics(fault_real_of(f));
}

static int fault_shm_map(sqlite3_file *f, int page, int size, int extend,
			 void volatile **out)
{
	return REAL(f)->xShmMap(fault_real_of(f), page, size, extend, out);
}

static int fault_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return REAL(f)->xShmLock(fault_real_of(f), offset, n, flags);
}

static void fault_shm_barrier(sqlite3_file *f)
{
	REAL(f)->xShmBarrier(fault_real_of(f));
}

static int fault_shm_unmap(sqlite3_file *f, int delete_it)
{
	return REAL(f)->xShmUnmap(fault_real_of(f), delete_it);
}

static const sqlite3_io_methods fault_methods = {
	.iVersion = 2,
	.xClose = fault_close,
	.xRead = fault_read,
	.xWrite = fault_write,
	.xTruncate = fault_truncate,
	.xSync = fault_sync,
	.xFileSize = fault_size,
	.xLock = fault_lock,
	.xUnlock = fault_unlock,
	.xCheckReservedLock = fault_check_lock,
	.xFileControl = fault_control,
	.xSectorSize = fault_sector,
	.xDeviceCharacteristics = fault_device,
	.xShmMap = fault_shm_map,
	.xShmLock = fault_shm_lock,
	.xShmBarrier = fault_shm_barrier,
	.xShmUnmap = fault_shm_unmap,
};

static int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f,
		      int flags, int *out_flags)
{
	struct fault_file *file = (struct fault_file *)(void *)f;
	int rc;

	(void)vfs;
	file->real = (sqlite3_file *)(void *)(file + 1);
	file->base.pMethods = NULL;
	file->unsynced = false;
	rc = fault_real->xOpen(fault_real, name, file->real, flags, out_flags);
	if (file->real->pMethods)
		file->base.pMethods = &fault_methods;
	return rc;
}

/* Makes it the disk of all databases of this process. */
static inline int fault_install(void)
{
	static sqlite3_vfs vfs;

	fault_real = sqlite3_vfs_find(NULL);
	vfs = *fault_real;
	vfs.zName = "fault";
	vfs.szOsFile = (int)sizeof(struct fault_file) + fault_real->szOsFile;
	vfs.xOpen = fault_open;
	return sqlite3_vfs_register(&vfs, 1);
}

#endif
