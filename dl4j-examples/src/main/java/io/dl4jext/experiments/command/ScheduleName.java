package io.dl4jext.experiments.command;

import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.experiments.engine.UserError;
import io.dl4jext.experiments.report.Numbers;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Batch schedules by the paper's names, each of whose sizes a training of so many epochs comes to. */
public final class ScheduleName {

    private static final String MULTI_STEP = "-MS";

    /** With so many times the epochs, no stage falls between two epochs. */
    private static final int FINE = 20;

    private static final int MOST_EPOCHS = 1000;

    private ScheduleName() {}

    /**
     * The schedule of that name.
     *
     * @param option that has the name, for whoever reads what is wrong with it
     * @throws UserError when there is none (the message shows the grammar), or when not every one of its sizes would be
     *     met in so many epochs
     */
    public static BatchSchedule complete(String option, String name, int epochs) {
        try {
            BatchSchedule schedule = BatchSchedule.named(name, epochs);
            if (!isComplete(name, epochs)) {
                int enough = IntStream.rangeClosed(epochs, MOST_EPOCHS)
                        .filter(total -> isComplete(name, total))
                        .findFirst()
                        .orElse(MOST_EPOCHS);
                throw new UserError(option + ": expected at least " + Numbers.count(enough, "epoch") + " for " + name
                        + ", so that each of its sizes has one"
                        + (name.endsWith(MULTI_STEP) ? " in every learning-rate step" : "")
                        + ", got --epochs " + epochs);
            }
            return schedule;
        } catch (IllegalArgumentException e) {
            throw new UserError(option + ": " + e.getMessage());
        }
    }

    private static boolean isComplete(String name, int total) {
        BatchSchedule coarse = BatchSchedule.named(name, total);
        BatchSchedule fine = BatchSchedule.named(name, FINE * total);
        int[] borders = borders(name, total);
        int[] fineBorders = borders(name, FINE * total);
        return IntStream.range(1, borders.length)
                .allMatch(step -> sizes(coarse, borders[step - 1], borders[step])
                        .equals(sizes(fine, fineBorders[step - 1], fineBorders[step])));
    }

    private static int[] borders(String name, int total) {
        return name.endsWith(MULTI_STEP) ? rateSteps(total) : new int[] {0, total};
    }

    private static Set<Integer> sizes(BatchSchedule schedule, int from, int to) {
        return IntStream.range(from, to)
                .map(epoch -> schedule.batchSize(epoch, 0))
                .boxed()
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * The first epoch of each step of constant rate, which ends after half of the epochs and after three quarters
     * (rounded up), and behind the last one the number of epochs.
     */
    public static int[] rateSteps(int epochs) {
        return new int[] {0, (epochs + 1) / 2, (3 * epochs + 3) / 4, epochs};
    }
}
