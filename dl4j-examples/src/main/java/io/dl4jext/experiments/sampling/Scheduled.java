package io.dl4jext.experiments.sampling;

import io.dl4jext.batch.BatchSchedule;
import io.dl4jext.batch.BatchSizes;
import io.dl4jext.experiments.cli.Numbers;
import io.dl4jext.experiments.cli.UserError;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Sizes that are known beforehand, by a name of the paper. */
final class Scheduled implements Policy {

    private static final String MULTI_STEP = "-MS";

    /** With so many times the epochs, no stage falls between two epochs. */
    private static final int FINE = 20;

    private static final int MOST_EPOCHS = 1000;

    private final String name;
    private final BatchSchedule schedule;
    private final int epochs;

    private Scheduled(String name, BatchSchedule schedule, int epochs) {
        this.name = name;
        this.schedule = schedule;
        this.epochs = epochs;
    }

    /**
     * The policy of that name.
     *
     * @throws UserError when there is none (the message shows the grammar), or when not every one of its sizes would be
     *     met in so many epochs
     */
    static Scheduled named(String name, int epochs) {
        try {
            Scheduled policy = new Scheduled(name, BatchSchedule.named(name, epochs), epochs);
            if (!policy.isComplete(epochs)) {
                int enough = IntStream.rangeClosed(epochs, MOST_EPOCHS)
                        .filter(policy::isComplete)
                        .findFirst()
                        .orElse(MOST_EPOCHS);
                throw new UserError("--policies: expected at least " + Numbers.count(enough, "epoch") + " for " + name
                        + ", so that each of its sizes has one"
                        + (name.endsWith(MULTI_STEP) ? " in every learning-rate step" : "")
                        + ", got --epochs " + epochs);
            }
            return policy;
        } catch (IllegalArgumentException e) {
            throw new UserError("--policies: " + e.getMessage());
        }
    }

    private boolean isComplete(int total) {
        BatchSchedule coarse = BatchSchedule.named(name, total);
        BatchSchedule fine = BatchSchedule.named(name, FINE * total);
        int[] borders = name.endsWith(MULTI_STEP) ? new RateDecay(1, total).borders() : new int[] {0, total};
        int[] fineBorders =
                name.endsWith(MULTI_STEP) ? new RateDecay(1, FINE * total).borders() : new int[] {0, FINE * total};
        return IntStream.range(1, borders.length)
                .allMatch(step -> sizes(coarse, borders[step - 1], borders[step])
                        .equals(sizes(fine, fineBorders[step - 1], fineBorders[step])));
    }

    private static Set<Integer> sizes(BatchSchedule schedule, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(epoch -> schedule.batchSize(epoch, 0))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public BatchSizes begin() {
        return schedule;
    }

    @Override
    public boolean isBeacon() {
        return sizes(schedule, 0, epochs).size() == 1;
    }

    /** The largest size of the training. */
    int largest() {
        return IntStream.range(0, epochs).map(this::size).max().orElseThrow();
    }

    @Override
    public int size(int epoch) {
        return schedule.batchSize(epoch, 0);
    }

    @Override
    public long iterations(int examples, int epoch) {
        return (examples + size(epoch) - 1) / size(epoch);
    }
}
