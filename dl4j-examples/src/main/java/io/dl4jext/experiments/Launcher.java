package io.dl4jext.experiments;

import io.dl4jext.experiments.doctor.ArtifactVersion;
import io.dl4jext.experiments.doctor.ThreadPool;
import io.dl4jext.experiments.engine.Jvm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code java -jar dl4j-examples.jar} starts: {@link Main}, in a JVM in which DL4J is fast on the CPU. What that
 * takes (environment variables that native code reads when it is loaded, options of DL4J, room for arrays) must be
 * there before the JVM starts, so where it is missing the program starts itself again, once, with the same options and
 * arguments; streams, terminal and exit code are those of the second JVM, which ends with the first.
 */
public final class Launcher {

    /** Set in the second JVM, so that there is no third. */
    private static final String STARTED_AGAIN = "dl4jext.startedAgain";

    private static final List<String> OPTIONS = List.of(
            "-Xmx4g",
            "-Dorg.bytedeco.javacpp.maxbytes=6G",
            "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
            "-Dorg.eclipse.deeplearning4j.helpers.disable=false");

    private static final Logger log = LoggerFactory.getLogger(Launcher.class);

    private Launcher() {}

    public static void main(String[] arguments) throws InterruptedException {
        List<String> missing = missingOptions(Jvm.options());
        Map<String, String> environment = environment(ArtifactVersion.dl4j());
        boolean fast = missing.isEmpty() && System.getenv().keySet().containsAll(environment.keySet());
        if (fast || Boolean.getBoolean(STARTED_AGAIN)) {
            Main.main(arguments);
            return;
        }
        Process process;
        try {
            process = start(missing, environment, arguments);
        } catch (IOException e) {
            log.debug("Could not start again in DL4J's fast setting; going on without it", e);
            Main.main(arguments);
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        System.exit(process.waitFor());
    }

    private static Process start(List<String> missing, Map<String, String> environment, String[] arguments)
            throws IOException {
        List<String> more = new ArrayList<>(missing);
        more.add("-D" + STARTED_AGAIN + "=true");
        ProcessBuilder builder =
                Jvm.again(more, Launcher.class.getName(), List.of(arguments)).inheritIO();
        environment.forEach(builder.environment()::putIfAbsent);
        log.debug("Starting again in DL4J's fast setting: {} with {}", builder.command(), environment);
        return builder.start();
    }

    /**
     * What OpenMP reads when it is loaded; and ND4J's thread pool on beta7, which may crash the JVM otherwise
     * (docs/memory.md).
     */
    static Map<String, String> environment(String dl4jVersion) {
        Map<String, String> environment = new TreeMap<>(Map.of("OMP_WAIT_POLICY", "PASSIVE"));
        if (dl4jVersion.endsWith("beta7")) {
            environment.put(ThreadPool.VARIABLE, ThreadPool.ENOUGH);
        }
        return environment;
    }

    /** The options that the user has not set to something of his own. */
    static List<String> missingOptions(List<String> present) {
        List<String> missing = new ArrayList<>();
        for (String option : OPTIONS) {
            String name = option.startsWith("-Xmx") ? "-Xmx" : option.substring(0, option.indexOf('=') + 1);
            if (present.stream().noneMatch(own -> own.startsWith(name))) {
                missing.add(option);
            }
        }
        return missing;
    }
}
