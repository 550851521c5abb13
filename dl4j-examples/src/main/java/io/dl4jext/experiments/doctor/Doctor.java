package io.dl4jext.experiments.doctor;

import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.network.ImageWorkload;
import io.dl4jext.experiments.network.Workload;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.nd4j.linalg.api.environment.Nd4jEnvironment;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Examines how DL4J runs in this JVM on this machine. */
public final class Doctor {

    private static final String WAIT_POLICY = "OMP_WAIT_POLICY";
    private static final String OMP_THREADS = "OMP_NUM_THREADS";
    private static final double SECONDS_A_NETWORK = 6;
    private static final List<Architecture> TIMED = List.of(Architecture.MLP, Architecture.LENET, Architecture.RESNET8);

    private final String dl4jVersion = ArtifactVersion.dl4j();
    private final boolean beta7 = dl4jVersion.endsWith("beta7");
    private final OneDnn oneDnn = OneDnn.check(beta7);
    private final int processors = Runtime.getRuntime().availableProcessors();
    private final int threads = Nd4j.getEnvironment().maxMasterThreads();

    /** Versions, processor, threads, environment and oneDNN: a few lines, at once. */
    public String environment() {
        Properties nd4j = Nd4j.getExecutioner().getEnvironmentInformation();
        StringBuilder text = new StringBuilder();
        line(text, "Extension pack", PackVersion.text());
        line(text, "DL4J", dl4jVersion);
        line(
                text,
                "ND4J",
                ArtifactVersion.nd4j() + ", backend "
                        + nd4j.get(Nd4jEnvironment.BACKEND_KEY) + " ("
                        + Nd4j.getBackend().getClass().getSimpleName() + "), BLAS "
                        + nd4j.get(Nd4jEnvironment.BLAS_VENDOR_KEY));
        line(
                text,
                "Java",
                System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + "), at most "
                        + Runtime.getRuntime().maxMemory() / (1 << 20) + " MB heap");
        line(
                text,
                "System",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"));
        line(text, "Processor", Processor.model() + ", " + processors + " available to Java");
        line(
                text,
                "Threads",
                "ND4J " + threads + " (OpenMP " + nd4j.get(Nd4jEnvironment.OMP_THREADS_KEY) + "), BLAS "
                        + nd4j.get(Nd4jEnvironment.BLAS_THREADS_KEY));
        line(text, WAIT_POLICY, environmentVariable(WAIT_POLICY));
        line(text, OMP_THREADS, environmentVariable(OMP_THREADS));
        if (beta7) {
            line(text, ThreadPool.VARIABLE, environmentVariable(ThreadPool.VARIABLE));
        }
        line(text, "oneDNN", oneDnn.text());
        return text.toString();
    }

    /** Times training steps of three small networks: some twenty seconds. */
    public String stepTimes() {
        Map<Workload, StepTimes> times = new LinkedHashMap<>();
        for (Architecture architecture : TIMED) {
            Workload workload = ImageWorkload.of(architecture);
            times.put(workload, StepTimes.measure(workload, SECONDS_A_NETWORK));
        }
        return new TextTable<>(times.entrySet())
                .column("Training step", Map.Entry::getKey)
                .column(
                        "median ms",
                        entry -> Numbers.format("%.1f", entry.getValue().median()))
                .column("steps", entry -> entry.getValue().count())
                .toString();
    }

    /** What to set, line by line, to make DL4J faster here, or safe; or that there is nothing. */
    public String advice() {
        List<String> advice = new ArrayList<>();
        String policy = System.getenv(WAIT_POLICY);
        if (processors > 1 && !"passive".equalsIgnoreCase(policy)) {
            advice.add(WAIT_POLICY + ": set it to PASSIVE in the environment before Java starts (export " + WAIT_POLICY
                    + "=PASSIVE); otherwise OpenMP's and BLAS's threads spin against each other");
        }
        if (threads > processors) {
            advice.add(OMP_THREADS + ": set it to " + processors + " in the environment before Java starts; ND4J uses "
                    + threads + " threads on " + processors + " processors");
        }
        advice.addAll(oneDnn.advice());
        // On M2.1 the build makes no difference here: its oneDNN and OpenBLAS choose their code when they run.
        if (beta7 && !NativeOpsHolder.getInstance().getDeviceNativeOps().isOptimalRequirementsMet()) {
            advice.add(
                    "nd4j-native: put its classifier <platform>-avx2 or -avx512 (such as linux-x86_64-avx2) on the class"
                            + " path in place of <platform>; this processor can run it");
        }
        if (beta7 && System.getenv(ThreadPool.VARIABLE) == null) {
            advice.add(ThreadPool.VARIABLE + ": set it to " + ThreadPool.ENOUGH
                    + " in the environment before Java starts; not faster,"
                    + " but ND4J's thread pool may crash the JVM without");
        }
        if (advice.isEmpty()) {
            return "All is well: DL4J runs in its fast setting.\n";
        }
        return "To make DL4J faster here, or safe:\n  - " + String.join("\n  - ", advice) + "\n";
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "%-16s %s\n", name, value));
    }

    private static String environmentVariable(String name) {
        String value = System.getenv(name);
        return value == null ? "not set" : value;
    }
}
