package io.dl4jext.batch;

import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second process out of a folder of checkpoints. The operating system holds the lock and takes it back when the
 * process ends, however it ends; within the process all that use the folder share it, until the last of them is
 * garbage.
 */
final class FolderLock {

    private static final Logger log = LoggerFactory.getLogger(TrainingCheckpoints.class);

    private static final String FILE = "in-use.lock";

    private static final Cleaner CLEANER = Cleaner.create();

    private static final Map<Path, FolderLock> HELD = new HashMap<>();

    private final Path folder;
    private final FileOutputStream file;
    private int users;

    private FolderLock(Path folder, FileOutputStream file) {
        this.folder = folder;
        this.file = file;
    }

    /**
     * Holds a folder, which is made if it is not there, for as long as the user is reachable.
     *
     * @throws FileSystemException if another process holds it
     * @throws IOException if the folder cannot be made or written
     */
    static void hold(Path folder, Object user) throws IOException {
        synchronized (HELD) {
            // Not of a link to a folder, which early releases of Java 17 take for a file.
            Path real = (Files.isDirectory(folder) ? folder : Files.createDirectories(folder)).toRealPath();
            FolderLock lock = HELD.get(real);
            if (lock == null) {
                lock = lock(real);
                HELD.put(real, lock);
            }
            lock.users++;
            CLEANER.register(user, lock::release);
        }
    }

    private static FolderLock lock(Path folder) throws IOException {
        Path path = folder.resolve(FILE);
        // Appending: what is there is the file of a process that may hold it.
        FileOutputStream file = new FileOutputStream(path.toFile(), true);
        try {
            FileLock lock = file.getChannel().tryLock();
            if (lock == null) {
                file.close();
                throw new FileSystemException(
                        folder.toString(),
                        null,
                        "expected a folder of checkpoints that one process uses, got one that another process is using");
            }
        } catch (OverlappingFileLockException e) {
            file.close();
            throw new FileSystemException(
                    folder.toString(),
                    null,
                    "expected a folder of checkpoints that one process uses, got one that another class loader's copy"
                            + " of this class uses in this process");
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            log.warn(
                    "{} cannot be locked ({}): nothing keeps a second process out of these checkpoints",
                    folder,
                    e.getMessage());
        }
        return new FolderLock(folder, file);
    }

    private void release() {
        synchronized (HELD) {
            users--;
            if (users > 0) {
                return;
            }
            HELD.remove(folder);
            try {
                file.close();
            } catch (IOException e) {
                log.warn("The lock of {} could not be closed", folder, e);
            }
        }
    }
}
