package io.dl4jext.batch;

import io.dl4jext.batch.control.BatchController;
import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.Network;
import io.dl4jext.batch.internal.accumulation.UpdateListener;
import io.dl4jext.batch.schedule.BatchSizes;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.listeners.CheckpointListener;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves a training while it runs, so that it may be killed at any moment: resumed, it goes on as if it had not been, to
 * the last bit. The same program begins it and goes on with it:
 *
 * <pre>{@code
 * TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(folder)
 *         .everyIterations(100)
 *         .data(batches)
 *         .fisher(fisher)
 *         .build();
 * MultiLayerNetwork network = checkpoints.resume(MultiLayerNetwork.class).orElseGet(() -> newNetwork());
 * batches.attachTo(network);
 * network.addListeners(fisher, checkpoints);
 * while (network.getEpochCount() < EPOCHS) {
 *     network.fit(batches);
 * }
 * }</pre>
 *
 * <p>A checkpoint is a model, written by DL4J's {@link ModelSerializer} with the updater's state, and a small file of
 * JSON beside it: the next iteration and epoch, ND4J's random numbers, the place in the data, and what each piece that
 * the builder was given has kept: C̄_K, L_K and the history of a {@code FisherListener} (without Gram matrices), size,
 * averages and log of a {@link BatchController}, whatever {@link Builder#part} adds. It is complete or not there at
 * all: the state is written after the model, and both appear in one step.
 *
 * <p>What belongs to the program is made by it anew, with the same settings: iterators over the same data in the same
 * order, listeners, schedules. Files of {@code CsvSink} and {@code JsonLinesSink} opened with {@code appending} go on
 * without a gap and without a row twice.
 *
 * <p>DL4J's own {@link CheckpointListener} may save the models instead ({@link Builder#besideCheckpointListener()});
 * the models it saves have an iteration count one too low, or an epoch count, as DL4J calls listeners before it counts,
 * and constraints not yet applied. {@link #resume} puts that right.
 *
 * <p>This listener comes after all others that it saves something of, and after the CheckpointListener. What it cannot
 * save is logged; training goes on. Between two parts of an accumulated batch nothing is saved, and with truncated
 * back-propagation through time only at the end of epochs. What LBFGS remembers of its steps is not saved: a training
 * by it that is resumed is another one, which is logged, as is an {@code OCNNOutputLayer}, which DL4J trains no further
 * once it was read from a file. For one network, trained on one thread; the workers of a ParallelWrapper are not such
 * networks, and of what they train {@link #save} is told after each pass. Random numbers go on where they were when
 * {@code fit} begins an epoch; a loop over single batches has them from {@link #resume} on, called on the training
 * thread with nothing drawn in between.
 */
public final class TrainingCheckpoints extends BaseTrainingListener {

    private static final Logger log = LoggerFactory.getLogger(TrainingCheckpoints.class);

    /** The names of ParallelWrapper's threads. */
    private static final String WORKER = "ParallelWrapper training thread";

    /** How often data is begun anew in an epoch or for an update, evaluations included. */
    private static final int MOST_RESETS = 10;

    private static final int NOWHERE = -1;

    /** The part that is the place in the data. */
    private static final String DATA = "data";

    /** The part that is the history of the first FisherListener. */
    private static final String FISHER = "fisher";

    private final CheckpointFiles files;
    private final Path folder;
    private final Path resumeFrom;
    private final int everyIterations;
    private final int everyEpochs;
    /** In nanoseconds; 0 where time has nothing to say. */
    private final long every;

    private final int keepLast;
    private final boolean beside;
    private final DataPlace data;
    private final SavedParts parts;
    private final List<TrainingListener> before;
    /** Whose state is a part; null if none was handed over. */
    private final Object controller;

    private final CheckpointRecord record;
    private final LongSupplier clock;
    /** When a checkpoint was last saved, or could not be. */
    private long triedAt;
    /** Whether an epoch goes on that the network has told of. */
    private boolean inEpoch;

    /** The epoch that a resumed network is to begin with or to go on in. */
    private int resumedEpoch;
    /** Whether a checkpoint waits for the end of the epoch, whose last update is over. */
    private boolean postponed;

    /** The iteration of the last checkpoint, if it is within an epoch. */
    private int savedWithin = NOWHERE;

    /** Whether the CheckpointListener has saved a model between parts of the batch, which no state belongs to. */
    private boolean savedBetweenParts;

    private boolean held;
    private boolean lookedAround;
    /** Warnings, each of which is given once. */
    private final Set<String> warned = new HashSet<>();

    /** Of the last state, made or found. */
    private long savedAt;

    private String saidProblem = "";
    /** What ND4J's generator is to go on with once training begins on its thread, or null. */
    private long[] random;

    /**
     * Begins the settings.
     *
     * @param folder where the checkpoints are, or will be; of one training at a time. Files in it that are named as a
     *     checkpoint is, {@code checkpoint-17.zip}, are its own: one without a state beside it counts as left by a
     *     killed process, and is removed
     * @throws IllegalArgumentException if it is a file
     */
    public static Builder builder(Path folder) {
        return new Builder(folder);
    }

    private TrainingCheckpoints(Builder builder) {
        folder = builder.folder;
        files = new CheckpointFiles(folder);
        resumeFrom = builder.resumeFrom;
        boolean unset = builder.everyIterations == 0 && builder.everyEpochs == 0 && builder.every == null;
        everyIterations = builder.everyIterations;
        everyEpochs = unset ? 1 : builder.everyEpochs;
        every = builder.every == null ? 0 : nanos(builder.every);
        keepLast = builder.keepLast;
        beside = builder.beside;
        data = builder.data;
        parts = builder.parts.copy();
        before = List.copyOf(builder.before);
        controller = builder.controller;
        record = new CheckpointRecord(folder);
        clock = builder.clock;
        triedAt = clock.getAsLong();
    }

    /** The longest that there is, some 292 years, for what is longer. */
    private static long nanos(Duration time) {
        try {
            return time.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * The network of the newest checkpoint, its counts put right, and with it everything that was saved: the iterator
     * stands where it stood, listeners and controllers go on. A checkpoint that cannot be read is left out with a
     * warning, and the one before it taken.
     *
     * <p>The network has the configuration that it was saved with, whatever the program would make now, and no
     * listeners; they are added as to a new one.
     *
     * <p>From now on the folder is this process's: another one that resumes in it is refused.
     *
     * @param type MultiLayerNetwork or ComputationGraph
     * @param <M> the same
     * @return the network, or empty where there is no checkpoint yet
     * @throws IOException if there are checkpoints, but none of them can be read; if the data fails on the way to its
     *     place, after which only a new process can go on; if another process uses the folder, or if it cannot be made
     *     or written
     * @throws IllegalArgumentException if it is another class
     */
    public <M extends Model> Optional<M> resume(Class<M> type) throws IOException {
        if (type != MultiLayerNetwork.class && type != ComputationGraph.class) {
            throw new IllegalArgumentException(
                    "Expected MultiLayerNetwork.class or ComputationGraph.class, got " + type);
        }
        hold();
        Path where = resumeFrom == null ? folder : resumeFrom;
        Map<Path, Exception> unread = new LinkedHashMap<>();
        List<CheckpointFiles.Found> found = CheckpointFiles.newestFirst(where, resumeFrom != null, unread);
        unread.forEach((file, e) -> log.warn("{} is left out: {}", file, e.getMessage()));
        Exception why = unread.values().stream().findFirst().orElse(null);
        savedAt = found.isEmpty() ? 0 : found.get(0).state.savedAt();
        for (CheckpointFiles.Found one : found) {
            try {
                Model network = restore(one, type);
                log.info("Resumed from {}: iteration {}, epoch {}", one.model(), one.state.iteration, one.state.epoch);
                return Optional.of(type.cast(network));
            } catch (DataPlace.AstrayException e) {
                throw new IOException(
                        "Expected to reach the place in the data of " + one.file + ", got: " + e.getMessage()
                                + ". Its source has been begun anew by now, so that an older checkpoint would see another"
                                + " order: start the program again; if that does not help, with the data as it was, or"
                                + " without that file",
                        e);
            } catch (IOException | RuntimeException e) {
                why = why == null ? e : why;
                log.warn("{} is left out: {}", one.file, e.getMessage());
            }
        }
        if (why != null) {
            throw new IOException(
                    "Expected a checkpoint in " + where + " that can be resumed from, got none: " + why.getMessage()
                            + ". Make the builder as it was, or begin anew in another folder",
                    why);
        }
        parts.begin();
        return Optional.empty();
    }

    private void hold() throws IOException {
        if (!held) {
            FolderLock.hold(folder, this);
            held = true;
        }
    }

    private Model restore(CheckpointFiles.Found found, Class<?> type) throws IOException {
        CheckpointState state = found.state;
        if (!type.getSimpleName().equals(state.network)) {
            throw new IllegalArgumentException("Expected a " + type.getSimpleName() + ", got a " + state.network);
        }
        Set<String> names = new TreeSet<>(parts.names());
        if (data != null) {
            names.add(DATA);
        }
        if (!names.equals(state.parts.keySet())) {
            throw new IllegalArgumentException("Expected the state of " + names + ", as in this builder, got that of "
                    + new TreeSet<>(state.parts.keySet()) + ": call data, fisher, controller and part as before");
        }
        CheckpointFiles.requireModel(found);
        Model network = type == MultiLayerNetwork.class
                ? ModelSerializer.restoreMultiLayerNetwork(found.model().toFile(), true)
                : ModelSerializer.restoreComputationGraph(found.model().toFile(), true);
        parts.restore(state.parts, network);
        if (!state.constrained) {
            network.applyConstraints(state.iteration, state.epoch);
        }
        // Last: from here on no other checkpoint can be taken.
        long passes = MOST_RESETS * (1L + state.iteration + state.epoch);
        boolean epochOver = data != null && data.restore(state.parts.get(DATA), passes, !state.constrained);
        Network view = Network.of(network);
        view.setIteration(state.iteration);
        view.setEpoch(state.epoch + (epochOver ? 1 : 0));
        resumedEpoch = BaseOptimizer.getEpochCount(network);
        random = new long[] {state.randomRoot, state.randomNode};
        Nd4j.getRandom().setStates(random[0], random[1]);
        return network;
    }

    @Override
    public void onEpochStart(Model model) {
        if (isTrained(model, record::keep)) {
            restoreRandom();
            inEpoch = true;
            warnOfEarlierEpoch(BaseOptimizer.getEpochCount(model));
            if (data != null) {
                data.epochBegins();
            }
        }
    }

    /**
     * Whether it is a network that is saved, not a clone of it that is trained for something else.
     *
     * @param ofClone what becomes of the models that the CheckpointListener has saved by now if it is a clone
     */
    private boolean isTrained(Model model, Runnable ofClone) {
        if (!Network.is(model)) {
            return false;
        }
        if (!Network.hasFromOriginal(model, this)) {
            return true;
        }
        ofClone.run();
        warnOnce("A clone of the network trains, which is not saved: ComputationGraph.clone() gives it the very list of"
                + " listeners that the network has. To go on with the clone instead, set its listeners");
        return false;
    }

    private void warnOfEarlierEpoch(int epoch) {
        if (epoch < resumedEpoch) {
            log.warn(
                    "The network was resumed in epoch {} and begins epoch {}: whoever trains it (an early stopping trainer"
                            + " does) counts epochs from there, so this is another training than the one broken off",
                    resumedEpoch,
                    epoch);
        }
        resumedEpoch = 0;
    }

    /** On the training thread, as late as can be: what the program did since may have drawn numbers. */
    private void restoreRandom() {
        if (random != null) {
            Nd4j.getRandom().setStates(random[0], random[1]);
            random = null;
        }
    }

    @Override
    public void onForwardPass(Model model, List<INDArray> activations) {
        passBegins(model);
    }

    @Override
    public void onForwardPass(Model model, Map<String, INDArray> activations) {
        passBegins(model);
    }

    private void passBegins(Model model) {
        if (data != null && Network.is(model) && !Network.hasFromOriginal(model, this)) {
            data.passBegins(model);
        }
    }

    /** The model of an update is saved before this listener hears of it, not afterwards. */
    @Override
    public void onGradientCalculation(Model model) {
        if (beside && isTrained(model, record::keep) && !isWorker() && record.hasGrown()) {
            say("the CheckpointListener has saved a model after this listener was called; add it before"
                    + " TrainingCheckpoints");
        }
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        if (!isTrained(model, record::pass)) {
            return;
        }
        random = null; // this update has drawn its numbers
        lookAround(model);
        if (data != null) {
            data.iterationDone(isWorker() ? null : model);
        }
        boolean due = beside
                ? record.hasGrown()
                : (everyIterations > 0 && (iteration + 1) % everyIterations == 0)
                        || (every > 0 && clock.getAsLong() - triedAt >= every);
        if (!due && !savedBetweenParts) {
            return;
        }
        if (isWithinBatch(model)) {
            savedBetweenParts = beside;
            return;
        }
        savedBetweenParts = false;
        if (!due) {
            warnOnce(
                    "The CheckpointListener has saved a model between two parts of an accumulated batch, which cannot be"
                            + " gone on with, so no state is written beside it. Expected one saved after the last part: tell the"
                            + " CheckpointListener saveEveryNIterations(n), which saves after each part");
            return;
        }
        if (Network.of(model).backpropType() == BackpropType.TruncatedBPTT) {
            warnOnce("Truncated back-propagation through time: checkpoints are taken at the end of epochs only, as a"
                    + " series in the middle cannot be gone on with"
                    + (beside ? "; the CheckpointListener is to save models with saveEveryNEpochs(n)" : ""));
            postponed = true;
            return;
        }
        attempt(() -> {
            if (data != null && !beside && (isDrawnAhead() || data.isPassOverAfterUpdate())) {
                // A training resumed before the end of an epoch would miss what comes there, listeners included.
                postponed = true;
            } else {
                write(model, iteration + 1, epoch, false);
            }
        });
    }

    /** Whether the data has no place to go on at before the epoch is over, which is said once. */
    private boolean isDrawnAhead() {
        String ahead = data.drawnAhead();
        if (ahead != null) {
            warnOnce("Checkpoints are taken at the end of epochs only: " + ahead);
        }
        return ahead != null;
    }

    /** Parts may still be to come, or their gradients only be added up. */
    private boolean isWithinBatch(Model model) {
        return (data != null && data.isWithinBatch()) || UpdateListener.isWithinUpdate(model);
    }

    private void warnOnce(String warning) {
        if (warned.add(warning)) {
            log.warn(warning);
        }
    }

    /** What is there to be saved, but cannot be, or was not handed to the builder. */
    private void lookAround(Model model) {
        if (lookedAround) {
            return;
        }
        lookedAround = true;
        if (model.conf().getOptimizationAlgo() == OptimizationAlgorithm.LBFGS) {
            log.warn(
                    "LBFGS remembers its last steps, which no checkpoint has: a training that is resumed is another one"
                            + " than the one broken off");
        }
        if (Stream.of(Network.of(model).layers()).anyMatch(OCNNOutputLayer.class::isInstance)) {
            log.warn(
                    "The network has an OCNNOutputLayer, whose window of outputs DL4J writes into no file: resumed after its"
                            + " first epoch, it cannot be trained on (DL4J throws a NullPointerException)");
        }
        List<TrainingListener> all = new ArrayList<>(Network.of(model).listeners());
        if (beside && all.stream().noneMatch(CheckpointListener.class::isInstance)) {
            log.error(
                    "No checkpoint will be saved: besideCheckpointListener() leaves that to a CheckpointListener, and the"
                            + " network has none");
        }
        if (data == null && all.stream().anyMatch(ProgressListener.class::isInstance)) {
            log.warn(
                    "The network trains on batches of an iterator that is attached to it, whose place is not saved: call"
                            + " data(batches) of the builder");
        }
        if (data != null
                && all.stream().anyMatch(listener -> listener instanceof ProgressListener && !data.isOf(listener))) {
            log.warn(
                    "The network is attached to another iterator than the one handed to data(batches), whose batches are"
                            + " counted: a place of one that stands around a DynamicBatchIterator is not saved to the last bit."
                            + " Hand that itself to data and to fit");
        }
        if (all.stream().anyMatch(listener -> isFisher(listener) && !before.contains(listener))) {
            log.warn(
                    "The network has a FisherListener whose history is not saved: call fisher(listener) of the builder");
        }
        if (data != null && isController(data.sizes()) && data.sizes() != controller) {
            log.warn(
                    "The batch sizes are those of a BatchController that was not handed to controller(...) of the builder:"
                            + " unless a part of your own saves its state, a training that is resumed begins with its initial size");
        }
    }

    /** By its name, as {@link #isFisher}. */
    private static boolean isController(BatchSizes sizes) {
        return sizes != null && sizes.getClass().getName().equals("io.dl4jext.batch.control.BatchController");
    }

    /** By its name: the class may not be there. */
    private static boolean isFisher(TrainingListener listener) {
        return listener.getClass().getName().equals("io.dl4jext.fisher.FisherListener");
    }

    @Override
    public void onEpochEnd(Model model) {
        if (!isTrained(model, record::pass)) {
            return;
        }
        inEpoch = false;
        if (data != null) {
            sayUnlessOnePass();
            data.epochEnds();
        }
        int epochs = BaseOptimizer.getEpochCount(model) + 1;
        // What was saved after the last update would go on within an epoch that has come to its end.
        boolean due = postponed
                || (data != null && savedWithin == BaseOptimizer.getIterationCount(model))
                || (everyEpochs > 0 && epochs % everyEpochs == 0);
        postponed = false;
        if (beside ? record.hasGrown() : due) {
            attempt(() -> write(model, BaseOptimizer.getIterationCount(model), epochs, true));
        }
    }

    /** What an epoch is to consist of is known to the iterator that goes on, not to one around it. */
    private void sayUnlessOnePass() {
        String why = savedWithin == NOWHERE ? null : data.notOnePass();
        if (why != null) {
            warnOnce(
                    "An epoch was not one pass through the iterator handed to data(batches): " + why
                            + ", as an EarlyTerminationDataSetIterator or MultipleEpochsIterator around it does. Killed within such an"
                            + " epoch, a training goes on with the rest of one pass: another one than the one broken off. Save at"
                            + " the end of epochs only (everyEpochs), and call reset() of the iterator around it before each fit");
        }
    }

    /**
     * Saves now, whatever the builder says of times: for trainings of whose epochs no listener is told, to be called
     * after each pass through the data.
     *
     * <pre>{@code
     * wrapper.fit(batches);           // a ParallelWrapper
     * checkpoints.save(network);
     * }</pre>
     *
     * <p>What cannot be saved is logged. A loop that calls {@code incrementEpochCount()} does so before, and begins the
     * data anew where a pass begins, not where one ends: {@code if (!batches.hasNext()) batches.reset()}. A training
     * that is resumed has its pass behind it.
     *
     * @param network the one that is trained, of which a ParallelWrapper was made
     * @throws IllegalArgumentException unless it is a MultiLayerNetwork or ComputationGraph
     */
    public void save(Model network) {
        if (!Network.is(network)) {
            throw new IllegalArgumentException("Expected a MultiLayerNetwork or ComputationGraph, got "
                    + (network == null ? null : network.getClass()));
        }
        if (data != null) {
            data.passEnds();
        }
        int iteration = BaseOptimizer.getIterationCount(network);
        int epoch = BaseOptimizer.getEpochCount(network);
        attempt(() -> write(network, iteration, epoch, true));
    }

    /** Something on the way to a checkpoint. */
    private interface Step {

        void take() throws IOException;
    }

    /**
     * Training goes on, whatever the step throws: what a source throws, it throws again where training draws from it.
     */
    private void attempt(Step step) {
        try {
            step.take();
        } catch (Throwable e) {
            // Of memory that has run out, too: what is lost is a checkpoint.
            if (isNew(e.toString())) {
                log.error("No checkpoint is saved in {}, training goes on: {}", folder, e.getMessage(), e);
            }
        } finally {
            triedAt = clock.getAsLong();
        }
    }

    private void write(Model model, int iteration, int epoch, boolean epochOver) throws IOException {
        String problem = problem(model, epochOver);
        if (problem == null) {
            hold();
            write(model, state(model, iteration, epoch, epochOver));
            savedWithin = epochOver ? NOWHERE : iteration;
            saidProblem = "";
        } else {
            say(problem);
        }
    }

    private void say(String problem) {
        if (isNew(problem)) {
            log.error("No checkpoint is saved, training goes on: {}", problem);
        }
    }

    /** Whether it is not what was said last; of a problem that lasts one line is enough. */
    private boolean isNew(String problem) {
        boolean differs = !problem.equals(saidProblem);
        saidProblem = problem;
        return differs;
    }

    private static boolean isWorker() {
        return Thread.currentThread().getName().startsWith(WORKER);
    }

    /** Why what would be saved is not the state after this update; null if it is. */
    private String problem(Model model, boolean epochOver) {
        if (isWorker()) {
            return "ParallelWrapper's workers are averaged, or share gradients, when this listener has been called;"
                    + " call save(network) after each of its fit(batches)";
        }
        if (data != null && !inEpoch && !epochOver) {
            return "no epoch was heard to begin, as in a loop over fit(batch): call save(network) after each pass through"
                    + " the data";
        }
        if (isWithinBatch(model)) {
            return "parts of an accumulated batch are still to be trained on, and the gradients of those before are in no"
                    + " checkpoint; save after the last";
        }
        List<TrainingListener> all = new ArrayList<>(Network.of(model).listeners());
        int own = all.indexOf(this);
        for (TrainingListener listener : before) {
            if (own >= 0 && all.indexOf(listener) > own) {
                return listener.getClass().getSimpleName()
                        + " comes after this listener and has not heard of the update;"
                        + " add TrainingCheckpoints last";
            }
        }
        return data == null ? null : data.problem(epochOver);
    }

    private CheckpointState state(Model model, int iteration, int epoch, boolean epochOver) {
        Map<String, String> states = parts.states();
        if (data != null) {
            states.put(DATA, data.state(epoch, iteration, epochOver));
        }
        savedAt = Math.max(System.currentTimeMillis(), savedAt + 1);
        return new CheckpointState(nameOf(model), iteration, epoch, epochOver, Nd4j.getRandom(), savedAt, states);
    }

    /** A subclass is saved as what it is to DL4J, and resumed as that. */
    private static String nameOf(Model model) {
        Class<?> type = model instanceof MultiLayerNetwork ? MultiLayerNetwork.class : ComputationGraph.class;
        return type.getSimpleName();
    }

    private void write(Model model, CheckpointState state) throws IOException {
        if (!beside) {
            files.save(model, state, keepLast);
            return;
        }
        files.saveState(state, record.lastModel(BaseOptimizer.getIterationCount(model)));
        files.removeStatesWithoutModel();
    }

    /** Configures {@link TrainingCheckpoints}. */
    public static final class Builder {

        private final Path folder;
        private Path resumeFrom;
        private int everyIterations;
        private int everyEpochs;
        private Duration every;
        private int keepLast = 2;
        private boolean beside;
        private DataPlace data;
        /** In nanoseconds, from any moment on. */
        LongSupplier clock = System::nanoTime;

        private final SavedParts parts = new SavedParts();
        private final List<TrainingListener> before = new ArrayList<>();
        private Object controller;

        private Builder(Path folder) {
            this.folder = given("folder", folder);
            if (Files.exists(folder) && !Files.isDirectory(folder)) {
                throw new IllegalArgumentException("Expected a folder for the checkpoints, got the file " + folder);
            }
        }

        private static <T> T given(String name, T value) {
            if (value == null) {
                throw new IllegalArgumentException("Expected " + name + ", got null");
            }
            return value;
        }

        /**
         * Saves after every n-th update.
         *
         * @throws IllegalArgumentException unless n &gt; 0
         */
        public Builder everyIterations(int n) {
            everyIterations = Checks.positive("everyIterations", n);
            return this;
        }

        /**
         * Saves at the end of every n-th epoch; the default is every one, if nothing else is set.
         *
         * @throws IllegalArgumentException unless n &gt; 0
         */
        public Builder everyEpochs(int n) {
            everyEpochs = Checks.positive("everyEpochs", n);
            return this;
        }

        /**
         * Saves after the first update that comes so long after the last checkpoint, or after one that could not be
         * saved.
         *
         * @throws IllegalArgumentException unless positive
         */
        public Builder every(Duration time) {
            if (time == null || time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("Expected a time > 0, got " + time);
            }
            every = time;
            return this;
        }

        /**
         * How many checkpoints to keep, the last ones; default 2. Without effect beside a CheckpointListener, which is
         * told how many models to keep.
         *
         * @throws IllegalArgumentException unless n &gt; 0
         */
        public Builder keepLast(int n) {
            keepLast = Checks.positive("keepLast", n);
            return this;
        }

        /**
         * DL4J's {@link CheckpointListener} saves the models in this folder, when and how it is told to; only the state
         * is written beside each. It is to keep at least the last two: while a model has no state yet, there must be
         * another. It refuses a folder with checkpoints of an earlier process: give each one a folder of its own within
         * one, and {@link #resumeFrom} that.
         *
         * <p>Of the models that it saves between the parts of an accumulated batch none has a state. Told
         * {@code saveEveryNIterations(n)} it saves after each part of every n-th batch, of which the last is the one; it
         * is to keep more models then than a batch has parts.
         */
        public Builder besideCheckpointListener() {
            beside = true;
            return this;
        }

        /**
         * Where {@link TrainingCheckpoints#resume} looks, with the folders in it, for the newest checkpoint; default:
         * the folder of the checkpoints, without folders in it.
         */
        public Builder resumeFrom(Path otherFolder) {
            resumeFrom = given("a folder to resume from", otherFolder);
            return this;
        }

        /**
         * What the network is trained on: a {@link DynamicBatchIterator}, which goes on with the very next example, or
         * any other, whose batches are counted and passed over with {@code next()}. The program that is resumed must
         * make it as the one before did: over the same data, in the same order. It is begun anew as often as in the
         * training, after one batch each time, so one that shuffles by a seed at each {@code reset()} gives the same
         * orders again.
         *
         * <p>Of other iterators than a DynamicBatchIterator only {@code fit}'s own {@code reset()} is known. Where the
         * program calls it before each {@code fit}, or an early stopping trainer, a ParallelWrapper or an evaluation
         * does, hand a DynamicBatchIterator to {@code fit}: it counts them all, and stays at its place where an epoch
         * goes on. With another, what was shuffled otherwise, or begun anew in the midst of an epoch in the same order,
         * is logged, as far as the first and last examples of batches tell. An evaluation between two fits belongs on
         * an iterator of its own: a program that resumes from the end of the epoch before does not do it again, and
         * begins its source anew once less.
         */
        public Builder data(DataSetIterator batches) {
            data = DataPlace.of(given("an iterator", batches));
            return this;
        }

        /** The same with several inputs and outputs. */
        public Builder data(MultiDataSetIterator batches) {
            data = DataPlace.of(given("an iterator", batches));
            return this;
        }

        /**
         * C̄_K, L_K and the history of this listener; may be called again for more, in the same order each time. Its
         * sinks' files belong to this training alone: without a checkpoint it begins again, and rows that they hold
         * already are done again.
         */
        public Builder fisher(FisherListener listener) {
            given("a FisherListener", listener);
            if (before.contains(listener)) {
                throw new IllegalArgumentException("Expected each FisherListener once, got one twice");
            }
            before.add(listener);
            return put(
                    before.size() == 1 ? FISHER : FISHER + " " + before.size(),
                    () -> listener.history().toJson(),
                    (state, network) -> listener.resume(network, FisherHistory.fromJson(state)),
                    listener::beginAgain);
        }

        /** Size, averages and log of this controller, and what its rule keeps. */
        public Builder controller(BatchController controller) {
            given("a BatchController", controller);
            put("controller", controller::state, (state, network) -> controller.restore(state), () -> {});
            this.controller = controller;
            return this;
        }

        /**
         * State of your own.
         *
         * @param name what it is found by
         * @param state gives it, after an update or at the end of an epoch, on the training thread
         * @param restore takes it back; an exception leaves the checkpoint out
         * @throws IllegalArgumentException if the name is taken; "data", "fisher", "fisher 2" and so on, and
         *     "controller" are those of {@link #data}, {@link #fisher} and {@link #controller}
         */
        public Builder part(String name, Supplier<String> state, Consumer<String> restore) {
            given("a state", state);
            given("something that takes the state back", restore);
            return put(given("a name", name), state, (saved, network) -> restore.accept(saved), () -> {});
        }

        private Builder put(String name, Supplier<String> state, BiConsumer<String, Model> restore, Runnable begin) {
            if (name.equals(DATA)) {
                throw new IllegalArgumentException(
                        "Expected another name than '" + DATA + "', which is that of the iterator's part");
            }
            parts.put(name, state, restore, begin);
            return this;
        }

        /** @throws IllegalArgumentException if it is told when to save models that a CheckpointListener saves */
        public TrainingCheckpoints build() {
            if (beside && (everyIterations > 0 || everyEpochs > 0 || every != null)) {
                throw new IllegalArgumentException(
                        "Expected the CheckpointListener to say when models are saved, got everyIterations,"
                                + " everyEpochs or every as well");
            }
            return new TrainingCheckpoints(this);
        }
    }
}
