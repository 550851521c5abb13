package io.dl4jext.stochastic;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Over time and for each parameter group: which fraction of the parameters was updated, and by how large a batch. At
 * most {@value #MOST_RECORDS} records are kept; in a long run a record stands for several iterations, twice as many
 * each time there would be too many. May be read by one thread while others train.
 */
public final class UpdateStatistics {

    static final int MOST_RECORDS = 1024;

    private final List<String> names = new ArrayList<>();
    private final List<Long> sizes = new ArrayList<>();
    private List<Record> records = new ArrayList<>();
    private int iterationsOfARecord = 1;
    private final IdleGroups idle = new IdleGroups();

    UpdateStatistics() {}

    /** The sums of some neighbouring iterations, perhaps of several workers. */
    private static final class Record {

        private final int firstIteration;
        private int lastIteration;
        private int iterations = 1;
        private final UpdateCount[] counts;

        Record(int iteration, UpdateCount[] counts) {
            this.firstIteration = iteration;
            this.lastIteration = iteration;
            this.counts = counts;
        }

        void add(UpdateCount[] more) {
            for (int l = 0; l < counts.length; l++) {
                counts[l] = counts[l].and(more[l]);
            }
        }

        void join(Record next) {
            add(next.counts);
            lastIteration = next.lastIteration;
            iterations += next.iterations;
        }
    }

    synchronized void begin(Collection<ParameterGroup> groups) {
        List<String> found = groups.stream().map(group -> group.name).collect(Collectors.toList());
        if (names.isEmpty()) {
            names.addAll(found);
            groups.forEach(group -> sizes.add(group.size()));
        } else if (!names.equals(found)) {
            throw new IllegalStateException(
                    "StochasticBatchListener: expected the network that it was attached to, with the groups " + names
                            + ", got one with " + found);
        }
    }

    synchronized void add(int iteration, Collection<ParameterGroup> groups) {
        idle.watch(iteration, groups);
        UpdateCount[] counts = groups.stream().map(group -> group.count).toArray(UpdateCount[]::new);
        Record last = records.isEmpty() ? null : records.get(records.size() - 1);
        if (last != null && last.lastIteration == iteration) {
            last.add(counts);
        } else if (last != null && last.iterations < iterationsOfARecord) {
            last.join(new Record(iteration, counts));
        } else {
            if (records.size() == MOST_RECORDS) {
                joinPairs();
            }
            records.add(new Record(iteration, counts));
        }
    }

    private void joinPairs() {
        List<Record> joined = new ArrayList<>();
        for (int i = 0; i + 1 < records.size(); i += 2) {
            Record record = records.get(i);
            record.join(records.get(i + 1));
            joined.add(record);
        }
        records = joined;
        iterationsOfARecord *= 2;
    }

    /**
     * The groups' names, as "layer0_W", in the order of the network's parameters. Empty until the network is known: from
     * {@link StochasticBatchListener#attachTo} on, of another listener from the first step.
     */
    public synchronized List<String> groups() {
        return List.copyOf(names);
    }

    /**
     * The number of parameters of a group.
     *
     * @throws IllegalArgumentException if there is no group of this name
     */
    public synchronized long parameters(String group) {
        return sizes.get(index(group));
    }

    /** The first iteration of each record. */
    public synchronized int[] iterations() {
        return records.stream().mapToInt(record -> record.firstIteration).toArray();
    }

    /**
     * Which fraction of the group's parameters was updated at an iteration: one number from 0 to 1 for each record.
     *
     * @throws IllegalArgumentException if there is no such group
     */
    public synchronized double[] updateFractions(String group) {
        int l = index(group);
        return records.stream()
                .mapToDouble(record -> (double) record.counts[l].updated / record.counts[l].parameters)
                .toArray();
    }

    /**
     * The mean stochastic batch size of the group's updates, in mini-batches (the mean of k_j over all j with χ_j = 1):
     * one number, at least 1, for each record; NaN if there was no update. Times the mini-batch size gives examples.
     *
     * @throws IllegalArgumentException if there is no such group
     */
    public synchronized double[] meanBatchSizes(String group) {
        int l = index(group);
        return records.stream()
                .mapToDouble(record -> record.counts[l].batches / record.counts[l].updated)
                .toArray();
    }

    private int index(String group) {
        int index = names.indexOf(group);
        if (index < 0) {
            throw new IllegalArgumentException(
                    "UpdateStatistics: expected one of the groups " + names + ", got '" + group + "'");
        }
        return index;
    }

    /**
     * Draws fractions above and batch sizes below, over iterations, of the largest groups. A file of that name is
     * replaced; missing folders are made. Needs no screen.
     *
     * @throws IllegalStateException before the first step, or without XChart on the class path: it is an optional
     *     dependency of this module, and the message names what to add
     * @throws IOException if it cannot be written
     */
    public void writePng(Path path) throws IOException {
        ChartLibrary.require();
        UpdateChart.of(this).write(path, "png");
    }

    /** As {@link #writePng(Path)}, as SVG, which needs VectorGraphics2D, too. */
    public void writeSvg(Path path) throws IOException {
        ChartLibrary.require();
        ChartLibrary.requireSvg();
        UpdateChart.of(this).write(path, "svg");
    }
}
