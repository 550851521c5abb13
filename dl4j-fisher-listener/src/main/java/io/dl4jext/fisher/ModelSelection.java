package io.dl4jext.fisher;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Picks among trainings that differ in batch size, learning rate or whatever else, by where a few epochs take them in
 * the (C̄_K, L_K) plane (Liao et al., section 3.1): both measures are stable early, and a training that stays close to
 * one that is known to be good, a {@link Beacon}, is likely to be good as well.
 *
 * <pre>{@code
 * Beacon good = Beacon.read(Path.of("s32-lr0.1.csv"));                       // a whole training, measured
 * List<ModelSelection.Candidate<Setting>> ranked = ModelSelection.builder(good)
 *         .epochs(2)
 *         .build()
 *         .rank(settings, setting -> network(setting.rate), setting -> data(setting.batchSize));
 * Model best = ranked.get(0).train(18);                                      // on to the end
 * }</pre>
 *
 * <p>Candidates are trained one after the other by DL4J's {@code fit}, each with a {@link FisherListener} of its own,
 * which is closed where the network is not {@linkplain Builder#keep kept}. Beacon and
 * candidates are compared after as many examples; they must have been measured with the same data, the same rank
 * tolerance and a similar network.
 */
public final class ModelSelection {

    private static final Logger log = LoggerFactory.getLogger(ModelSelection.class);

    private final Beacon beacon;
    private final int epochs;
    private final int keep;
    private final Supplier<FisherListener> listener;

    private ModelSelection(Builder builder) {
        this.beacon = builder.beacon;
        this.epochs = builder.epochs;
        this.keep = builder.keep;
        this.listener = builder.listener;
    }

    /**
     * Begins a selection.
     *
     * @param beacon what a good candidate is close to
     */
    public static Builder builder(Beacon beacon) {
        return new Builder(beacon);
    }

    /**
     * Trains every candidate for the early epochs.
     *
     * @param <C> what makes a candidate: a batch size and a rate, as a rule
     * @param network makes a candidate's network, initialised
     * @param data its training data in its batches
     * @return the candidates, the closest first; those that failed or whose measures are not finite are last
     * @throws IllegalArgumentException if there are none, or what makes networks or data is null
     */
    public <C> List<Candidate<C>> rank(
            Collection<C> candidates, Function<C, ? extends Model> network, Function<C, DataSetIterator> data) {
        if (candidates == null || candidates.isEmpty()) {
            throw new IllegalArgumentException("Expected at least one candidate, got " + candidates);
        }
        if (network == null || data == null) {
            throw new IllegalArgumentException("Expected functions that make a candidate's network and its data, got "
                    + (network == null ? "null for the network" : "null for the data"));
        }
        List<Candidate<C>> ranked = new ArrayList<>();
        Set<FisherListener> used = Collections.newSetFromMap(new IdentityHashMap<>());
        for (C configuration : candidates) {
            Candidate<C> candidate = new Candidate<>(configuration);
            candidate.begin(network, data, () -> ownListener(used), epochs, beacon);
            log.info("{}", candidate);
            ranked.add(candidate);
            ranked.sort(Comparator.comparingDouble(Candidate::sortedBy));
            for (int i = keep; i < ranked.size(); i++) {
                ranked.get(i).forget();
            }
        }
        return ranked;
    }

    /** @throws NotOfItsOwn if there is none, or one that another candidate has */
    private FisherListener ownListener(Set<FisherListener> used) {
        FisherListener made = listener.get();
        if (made == null || !used.add(made)) {
            throw new NotOfItsOwn(made == null ? "null" : "one that another candidate has");
        }
        return made;
    }

    /** A fault of the program that selects, not of a candidate. */
    private static final class NotOfItsOwn extends IllegalArgumentException {

        private static final long serialVersionUID = 1L;

        NotOfItsOwn(String got) {
            super("Expected a listener of its own for each candidate, got " + got);
        }
    }

    /**
     * One of the trainings, after the early epochs.
     *
     * @param <C> what makes it
     */
    public static final class Candidate<C> {

        private final C configuration;
        private FisherHistory history;
        private double distance = Double.NaN;
        private RuntimeException failure;
        private Model network;
        private DataSetIterator data;
        private FisherListener fisher;

        private Candidate(C configuration) {
            this.configuration = configuration;
        }

        private void begin(
                Function<C, ? extends Model> makeNetwork,
                Function<C, DataSetIterator> makeData,
                Supplier<FisherListener> makeListener,
                int epochs,
                Beacon beacon) {
            try {
                fisher = makeListener.get();
                network = Objects.requireNonNull(makeNetwork.apply(configuration), "network");
                data = Objects.requireNonNull(makeData.apply(configuration), "data");
                network.addListeners(fisher);
                train(epochs);
            } catch (NotOfItsOwn e) {
                throw e;
            } catch (RuntimeException e) {
                log.warn("{} ended before its {} epochs", configuration, epochs, e);
                failure = e;
            }
            history = fisher == null ? FisherHistory.NONE : fisher.history();
            if (failure == null && !history.summaries().isEmpty()) {
                distance = beacon.distance(history.summary());
            }
        }

        private double sortedBy() {
            return Double.isFinite(distance) ? distance : Double.POSITIVE_INFINITY;
        }

        private void forget() {
            network = null;
            data = null;
            if (fisher != null) {
                fisher.close();
            }
        }

        public C configuration() {
            return configuration;
        }

        /** What was measured in the early epochs. */
        public FisherHistory history() {
            return history;
        }

        /**
         * From the beacon after the early epochs, see {@link Beacon#distance}; NaN or infinite if it diverged or
         * failed.
         */
        public double distance() {
            return distance;
        }

        /** The exception that ended its training early, if any. */
        public Optional<RuntimeException> failure() {
            return Optional.ofNullable(failure);
        }

        /**
         * Trains on from where it stands.
         *
         * @param moreEpochs 0 or more
         * @return the network, with its listeners
         * @throws IllegalArgumentException if it is negative
         * @throws IllegalStateException if it was not among the best, whose networks are kept
         */
        public Model train(int moreEpochs) {
            if (moreEpochs < 0) {
                throw new IllegalArgumentException("Expected moreEpochs >= 0, got " + moreEpochs);
            }
            if (network == null) {
                throw new IllegalStateException("The network of " + configuration + " was not kept: raise"
                        + " ModelSelection.Builder.keep, or make it anew");
            }
            for (int epoch = 0; epoch < moreEpochs; epoch++) {
                ((NeuralNetwork) network).fit(data);
            }
            return network;
        }

        @Override
        public String toString() {
            return configuration + ": " + (failure == null ? "distance " + distance : "failed: " + failure);
        }
    }

    /** Configures a {@link ModelSelection}; every setting has a default. */
    public static final class Builder {

        private final Beacon beacon;
        private int epochs = 2;
        private int keep = 1;
        private Supplier<FisherListener> listener =
                () -> FisherListener.builder().build();

        private Builder(Beacon beacon) {
            if (beacon == null) {
                throw new IllegalArgumentException("Expected a beacon, got null");
            }
            this.beacon = beacon;
        }

        /**
         * How long each candidate is trained; default 2.
         *
         * @throws IllegalArgumentException unless &gt; 0
         */
        public Builder epochs(int early) {
            epochs = positive("epochs", early);
            return this;
        }

        /**
         * Of how many, the best, the networks are kept for {@link Candidate#train}; default 1.
         *
         * @throws IllegalArgumentException unless &gt; 0
         */
        public Builder keep(int best) {
            keep = positive("keep", best);
            return this;
        }

        /**
         * Makes each candidate's listener; default: every 50th iteration. Measure as the beacon was.
         *
         * @throws IllegalArgumentException if it is null
         */
        public Builder listener(Supplier<FisherListener> maker) {
            if (maker == null) {
                throw new IllegalArgumentException("Expected what makes a candidate's listener, got null");
            }
            listener = maker;
            return this;
        }

        private static int positive(String name, int value) {
            if (value <= 0) {
                throw new IllegalArgumentException("Expected " + name + " > 0, got " + value);
            }
            return value;
        }

        public ModelSelection build() {
            return new ModelSelection(this);
        }
    }
}
