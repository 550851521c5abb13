package io.dl4jext.experiments.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where the time of steps goes: Java's flight recorder looks each 10 ms at what the threads do, native code that Java
 * has called included. A look counts for the innermost method of this pack that is on the stack, or for DL4J where
 * there is none.
 */
final class StepProfile {

    /** What the pack puts between a network and its layers hands these calls on. */
    private static final Set<String> HANDED_ON = Set.of(
            "backpropGradient",
            "tbpttBackpropGradient",
            "doBackward",
            "backprop",
            "getActivation",
            "computeGradient",
            "computeGradientAndScore");

    private static final String PACK = "io.dl4jext.fisher.";
    private static final String DL4J = "DL4J";
    private static final Duration PERIOD = Duration.ofMillis(10);

    private StepProfile() {}

    /**
     * Runs the steps.
     *
     * @return the share of each place, largest first; those of less than 1 % are left out
     */
    static Map<String, Double> of(Runnable steps) {
        try {
            Path file = Files.createTempFile("steps", ".jfr");
            try (Recording recording = new Recording()) {
                recording.enable("jdk.ExecutionSample").withPeriod(PERIOD);
                recording.enable("jdk.NativeMethodSample").withPeriod(PERIOD);
                recording.start();
                steps.run();
                recording.stop();
                recording.dump(file);
                return shares(RecordingFile.readAllEvents(file));
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Map<String, Double> shares(List<RecordedEvent> events) {
        Map<String, Integer> looks = new HashMap<>();
        int all = 0;
        for (RecordedEvent event : events) {
            String place = place(event.getStackTrace());
            if (place != null) {
                looks.merge(place, 1, Integer::sum);
                all++;
            }
        }
        double total = all;
        return looks.entrySet().stream()
                .filter(entry -> entry.getValue() >= 0.01 * total)
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue() / total, (a, b) -> a, LinkedHashMap::new));
    }

    /** Null for a thread that takes no part in steps. */
    private static String place(RecordedStackTrace trace) {
        if (trace == null) {
            return null;
        }
        boolean step = false;
        for (RecordedFrame frame : trace.getFrames()) {
            String type = frame.getMethod().getType().getName();
            if (type.startsWith(PACK)) {
                String simple = type.substring(type.lastIndexOf('.') + 1).replace('$', '.');
                String method = frame.getMethod().getName().replaceAll("lambda\\$(\\w+)\\$\\d+", "$1");
                return HANDED_ON.contains(method) ? DL4J : simple + "." + method;
            }
            step |= type.startsWith("org.deeplearning4j.") || type.startsWith("org.nd4j.");
        }
        return step ? DL4J : null;
    }
}
