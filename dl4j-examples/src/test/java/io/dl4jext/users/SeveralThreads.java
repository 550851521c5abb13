package io.dl4jext.users;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.dl4jext.experiments.doctor.ThreadPool;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Tests with several threads in ND4J: a crash of the JVM would end all others. Maven sets what keeps beta7 from it. */
public final class SeveralThreads {

    private SeveralThreads() {}

    /** Skips the test where DL4J cannot do it (docs/memory.md). */
    public static void assumeSafe() {
        String jar = MultiLayerNetwork.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString();
        assumeFalse(
                jar.contains("beta7") && !ThreadPool.ENOUGH.equals(System.getenv(ThreadPool.VARIABLE)),
                "DL4J itself: 1.0.0-beta7 may crash where several threads are in ND4J (deeplearning4j issue 9534)");
    }
}
