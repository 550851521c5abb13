package io.dl4jext.batch.schedule;

import io.dl4jext.batch.internal.Checks;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of schedules in Liao et al. */
final class ScheduleName {

    private static final String NAMES = "s<B> (constant), s<B>-to-<B> (doubles or halves over five stages), "
            + "s<B>-to-<B>-MS (the same within every learning-rate step); for example s32, s32-to-512, s512-to-32-MS";
    private static final Pattern CONSTANT = Pattern.compile("s(\\d+)");
    private static final Pattern DOUBLING = Pattern.compile("s(\\d+)-to-(\\d+)(-MS)?");

    private ScheduleName() {}

    static BatchSchedule of(String name, int totalEpochs, int... milestones) {
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

    private static int whole(String name, String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("Expected sizes up to " + Integer.MAX_VALUE + ", got '" + name + "'");
        }
    }
}
