package io.dl4jext.batch;

import io.dl4jext.batch.internal.Checks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** Reads names and printed forms of schedules. */
final class ScheduleText {

    private static final String NAMES = "s<B> (constant), s<B>-to-<B> (doubles or halves over five stages), "
            + "s<B>-to-<B>-MS (the same within every learning-rate step); for example s32, s32-to-512, s512-to-32-MS";
    private static final String FORMS = String.join(
            "\n  ",
            "",
            "s<B>",
            "s<B>-to-<B>(epochs=<n>[, stages=<n>])",
            "s<B>-to-<B>-MS(epochs=<n>[, milestones=<n>;<n>...])",
            "staged(epochs=<n>, sizes=<B>;<B>...)",
            "multi-step(base=<B>, factor=<x>, epochs|iterations=<n>;<n>...)",
            "linear(from=<B>, to=<B>, epochs|iterations=<n>)",
            "geometric(from=<B>, to=<B>, epochs|iterations=<n>)",
            "piecewise(epochs|iterations=0:<B>;<n>:<B>...)",
            "warm-up(from=<B>, epochs|iterations=<n>, then=<schedule>)",
            "instead-of-decaying(base=<B>, min=<B>, max=<B>, rate=<ND4J schedule as JSON>)");

    private static final Pattern CONSTANT = Pattern.compile("s(\\d+)");
    private static final Pattern DOUBLING = Pattern.compile("s(\\d+)-to-(\\d+)(-MS)?");
    private static final Pattern FORM = Pattern.compile("([a-z][a-zA-Z0-9-]*)\\((.*)\\)", Pattern.DOTALL);

    private static final ObjectMapper JSON = new ObjectMapper();

    private ScheduleText() {}

    static BatchSchedule named(String name, int totalEpochs, int... milestones) {
        Checks.positive("totalEpochs", totalEpochs);
        Matcher constant = CONSTANT.matcher(String.valueOf(name));
        if (constant.matches()) {
            if (milestones.length > 0) {
                throw new IllegalArgumentException(
                        "Expected milestones with -MS only, got " + Arrays.toString(milestones) + " for " + name);
            }
            return BatchSchedule.constant(whole(name, constant.group(1)));
        }
        Matcher doubling = DOUBLING.matcher(String.valueOf(name));
        if (!doubling.matches()) {
            throw new IllegalArgumentException("Expected " + NAMES + "; got '" + name + "'");
        }
        return new DoublingSchedule(
                whole(name, doubling.group(1)),
                whole(name, doubling.group(2)),
                DoublingSchedule.PAPER_STAGES,
                totalEpochs,
                doubling.group(3) != null,
                milestones);
    }

    static String print(ISchedule rate) {
        try {
            return JSON.writeValueAsString(rate);
        } catch (JsonProcessingException e) {
            return rate.toString();
        }
    }

    static BatchSchedule parse(String text) {
        String trimmed = String.valueOf(text).trim();
        Matcher constant = CONSTANT.matcher(trimmed);
        if (constant.matches()) {
            return BatchSchedule.constant(whole(trimmed, constant.group(1)));
        }
        Matcher form = FORM.matcher(trimmed);
        if (!form.matches()) {
            throw unreadable(trimmed, "it is none of these");
        }
        Arguments in = new Arguments(trimmed, form.group(2));
        BatchSchedule schedule = build(form.group(1), in);
        in.requireNothingLeft();
        return schedule;
    }

    private static BatchSchedule build(String name, Arguments in) {
        Matcher doubling = DOUBLING.matcher(name);
        if (doubling.matches()) {
            return new DoublingSchedule(
                    whole(in.text, doubling.group(1)),
                    whole(in.text, doubling.group(2)),
                    in.has("stages") ? in.whole("stages") : DoublingSchedule.PAPER_STAGES,
                    in.whole("epochs"),
                    doubling.group(3) != null,
                    in.has("milestones") ? in.wholes("milestones") : new int[0]);
        }
        switch (name) {
            case "staged":
                return BatchSchedule.staged(in.whole("epochs"), in.wholes("sizes"));
            case "multi-step":
                return BatchSchedule.multiStep(
                        in.unit(), in.whole("base"), in.number("factor"), in.wholes(in.unitName()));
            case "linear":
                return BatchSchedule.linear(in.unit(), in.whole("from"), in.whole("to"), in.whole(in.unitName()));
            case "geometric":
                return BatchSchedule.geometric(in.unit(), in.whole("from"), in.whole("to"), in.whole(in.unitName()));
            case "piecewise":
                return BatchSchedule.piecewise(in.unit(), in.wholeByWhole(in.unitName()));
            case "warm-up":
                return BatchSchedule.warmUp(
                        in.unit(), in.whole("from"), in.whole(in.unitName()), parse(in.take("then")));
            case "instead-of-decaying":
                return BatchSchedule.insteadOfDecaying(
                        in.rate("rate"), in.whole("base"), in.whole("min"), in.whole("max"));
            default:
                throw unreadable(in.text, "'" + name + "' is unknown");
        }
    }

    private static int whole(String text, String digits) {
        try {
            return Integer.parseInt(digits.trim());
        } catch (NumberFormatException e) {
            throw unreadable(text, "'" + digits + "' is no whole number");
        }
    }

    private static IllegalArgumentException unreadable(String text, String reason) {
        return new IllegalArgumentException(
                "Cannot read the batch schedule '" + text + "': " + reason + ". Expected one of" + FORMS);
    }

    /** key=value pairs; a comma within brackets or quotes belongs to its value. */
    private static final class Arguments {

        private final String text;
        private final Map<String, String> values = new LinkedHashMap<>();
        private final Set<String> taken = new java.util.HashSet<>();

        Arguments(String text, String list) {
            this.text = text;
            for (String pair : split(list)) {
                int equals = pair.indexOf('=');
                if (equals < 0) {
                    throw unreadable(text, "'" + pair.trim() + "' is not key=value");
                }
                String key = pair.substring(0, equals).trim();
                if (values.put(key, pair.substring(equals + 1).trim()) != null) {
                    throw unreadable(text, key + " stands twice");
                }
            }
        }

        private static List<String> split(String list) {
            List<String> parts = new ArrayList<>();
            int depth = 0;
            boolean quoted = false;
            int start = 0;
            for (int i = 0; i < list.length(); i++) {
                char c = list.charAt(i);
                if (c == '"' && (i == 0 || list.charAt(i - 1) != '\\')) {
                    quoted = !quoted;
                } else if (!quoted && "([{".indexOf(c) >= 0) {
                    depth++;
                } else if (!quoted && ")]}".indexOf(c) >= 0) {
                    depth--;
                } else if (!quoted && depth == 0 && c == ',') {
                    parts.add(list.substring(start, i));
                    start = i + 1;
                }
            }
            parts.add(list.substring(start));
            return parts;
        }

        boolean has(String key) {
            return values.containsKey(key);
        }

        String take(String key) {
            if (!has(key)) {
                throw unreadable(text, key + " is missing");
            }
            taken.add(key);
            return values.get(key);
        }

        int whole(String key) {
            return ScheduleText.whole(text, take(key));
        }

        int[] wholes(String key) {
            return Arrays.stream(take(key).split(";", -1))
                    .mapToInt(part -> ScheduleText.whole(text, part))
                    .toArray();
        }

        Map<Integer, Integer> wholeByWhole(String key) {
            Map<Integer, Integer> map = new TreeMap<>();
            for (String pair : take(key).split(";", -1)) {
                String[] parts = pair.split(":", -1);
                if (parts.length != 2) {
                    throw unreadable(text, "'" + pair + "' is not start:size");
                }
                map.put(ScheduleText.whole(text, parts[0]), ScheduleText.whole(text, parts[1]));
            }
            return map;
        }

        double number(String key) {
            String value = take(key);
            try {
                return Double.parseDouble(value);
            } catch (NumberFormatException e) {
                throw unreadable(text, "'" + value + "' is no number");
            }
        }

        String unitName() {
            return has("iterations") ? "iterations" : "epochs";
        }

        ScheduleType unit() {
            return has("iterations") ? ScheduleType.ITERATION : ScheduleType.EPOCH;
        }

        ISchedule rate(String key) {
            String value = take(key);
            try {
                return JSON.readValue(value, ISchedule.class);
            } catch (JsonProcessingException e) {
                throw unreadable(text, "'" + value + "' is no ND4J schedule (" + e.getOriginalMessage() + ")");
            }
        }

        void requireNothingLeft() {
            for (String key : values.keySet()) {
                if (!taken.contains(key)) {
                    throw unreadable(text, "'" + key + "' is unknown here");
                }
            }
        }
    }
}
