package io.dl4jext.experiments.evidence.cell;

import io.dl4jext.experiments.engine.Jvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Each cell in a JVM of its own, so that none suffers from what another left behind, and one that crashes ends alone.
 */
public final class JvmRunner implements CellRunner {

    private static final int KILLED = 137;

    /** What a JVM exits with after SIGINT and SIGTERM. */
    private static final Set<Integer> TOLD_TO_END = Set.of(130, 143);

    @Override
    public int run(List<String> arguments, Share share, Path log, Runnable meanwhile) throws IOException {
        ProcessBuilder builder = Jvm.command(arguments, log.toFile());
        builder.environment().putAll(share.environment());
        Process process = builder.start();
        int code = Jvm.awaitEnd(process, Long.MAX_VALUE, meanwhile) ? process.exitValue() : KILLED;
        if (TOLD_TO_END.contains(code)) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1)); // a terminal tells both; this one may be a little later
        }
        while (code != 0 && Jvm.isEnding()) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1)); // nothing else is to be begun
        }
        return code;
    }
}
