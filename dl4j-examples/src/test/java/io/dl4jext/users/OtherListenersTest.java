package io.dl4jext.users;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.batch.BatchState;
import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.stochastic.StochasticBatchListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.InvocationType;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.listeners.Checkpoint;
import org.deeplearning4j.optimize.listeners.CheckpointListener;
import org.deeplearning4j.optimize.listeners.CollectScoresIterationListener;
import org.deeplearning4j.optimize.listeners.EvaluativeListener;
import org.deeplearning4j.optimize.listeners.PerformanceListener;
import org.deeplearning4j.optimize.listeners.ScoreIterationListener;
import org.deeplearning4j.optimize.listeners.TimeIterationListener;
import org.deeplearning4j.ui.model.stats.StatsListener;
import org.deeplearning4j.ui.model.stats.api.StatsReport;
import org.deeplearning4j.ui.model.stats.api.StatsType;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.evaluation.IEvaluation;
import org.nd4j.evaluation.regression.RegressionEvaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** DL4J's listeners beside ours, in any order: nothing of theirs and nothing of ours changes. */
class OtherListenersTest {

    private static final int EPOCHS = 3;

    @TempDir
    Path folder;

    /** One of each of DL4J's, and what they have written down. */
    private static final class Theirs {

        final InMemoryStatsStorage storage = new InMemoryStatsStorage();
        final EvaluativeListener evaluations = evaluating(InvocationType.EPOCH_END);
        final List<String> evaluated = new ArrayList<>();
        final CheckpointListener checkpoints;

        Theirs(Path folder) {
            evaluations.setCallback((listener, model, invocations, results) -> {
                for (IEvaluation<?> result : results) {
                    evaluated.add(result.stats());
                }
            });
            checkpoints = new CheckpointListener.Builder(folder.toFile())
                    .saveEveryNEpochs(1)
                    .keepAll()
                    .build();
        }

        private static EvaluativeListener evaluating(InvocationType when) {
            return new EvaluativeListener(new ExistingDataSetIterator(Piece.VALIDATION), 1, when);
        }

        List<TrainingListener> all() {
            return List.of(
                    new StatsListener(storage, 1, "session"),
                    new CollectScoresIterationListener(1),
                    evaluations,
                    evaluating(InvocationType.EPOCH_START),
                    evaluating(InvocationType.ITERATION_END),
                    checkpoints,
                    new PerformanceListener(1, true),
                    new ScoreIterationListener(1),
                    new TimeIterationListener(EPOCHS * Piece.TRAIN.size()));
        }

        /**
         * What StatsListener has seen: score and mean magnitudes of parameters, gradients and updates at each
         * iteration.
         */
        List<List<Object>> reports() {
            return storage.getAllUpdatesAfter("session", StatsListener.TYPE_ID, worker(), 0).stream()
                    .map(update -> (StatsReport) update)
                    .map(report -> List.<Object>of(
                            report.getIterationCount(),
                            report.getScore(),
                            report.getLearningRates(),
                            means(report, StatsType.Parameters),
                            means(report, StatsType.Gradients),
                            means(report, StatsType.Updates)))
                    .collect(Collectors.toList());
        }

        private String worker() {
            return storage.listWorkerIDsForSession("session").get(0);
        }

        private static Map<String, Double> means(StatsReport report, StatsType type) {
            Map<String, Double> means = report.getMeanMagnitudes(type);
            return means == null ? Map.of() : means;
        }
    }

    private static FisherListener fisher() {
        return FisherListener.builder().everyIterations(2).failFast(true).build();
    }

    private static Collection<TrainingListener> listeners(Model model) {
        return model instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) model).getListeners()
                : ((ComputationGraph) model).getListeners();
    }

    private static List<int[]> updates(Model model) {
        return listeners(model).stream()
                .filter(listener -> listener instanceof StochasticBatchListener)
                .map(listener ->
                        ((StochasticBatchListener) listener).statistics().iterations())
                .collect(Collectors.toList());
    }

    @ParameterizedTest
    @MethodSource("io.dl4jext.users.Piece#inBothContainers")
    void nothingChanges(Piece piece, boolean graph) throws Exception {
        Model ours = piece.network(graph);
        piece.attach(ours);
        FisherListener measured = fisher();
        ours.addListeners(measured);
        Pieces.fit(ours, piece.data(ours), EPOCHS);
        FisherHistory history = measured.history();

        Theirs reference = null;
        for (int order = 0; order < 3; order++) {
            Model model = piece.network(graph);
            piece.attach(model);
            FisherListener fisher = fisher();
            Path checkpoints = Files.createDirectory(folder.resolve("order" + order));
            Theirs theirs = new Theirs(checkpoints);
            DataSetIterator data = piece.data(model);
            List<TrainingListener> all = new ArrayList<>(listeners(model));
            if (order > 0) {
                // Without the measuring one at first, as the reference of what theirs say.
                all.add(fisher);
            }
            all.addAll(theirs.all());
            if (order > 0) {
                Collections.shuffle(all, new Random(order));
            }
            Pieces.listen(model, all.toArray(new TrainingListener[0]));
            Pieces.fit(model, data, EPOCHS);

            Pieces.assertSameParameters(model, ours);
            if (order == 0) {
                reference = theirs;
                assertThat(theirs.reports()).isNotEmpty();
                assertThat(theirs.evaluated).hasSize(EPOCHS);
            } else {
                assertThat(fisher.history().summaries())
                        .usingRecursiveComparison()
                        .isEqualTo(history.summaries());
                assertThat(updates(model)).usingRecursiveComparison().isEqualTo(updates(ours));
                assertThat(theirs.reports()).isEqualTo(reference.reports());
                assertThat(theirs.evaluated).isEqualTo(reference.evaluated);
            }
            Checkpoint last = theirs.checkpoints.lastCheckpoint();
            Model saved = graph
                    ? CheckpointListener.loadCheckpointCG(checkpoints.toFile(), last)
                    : CheckpointListener.loadCheckpointMLN(checkpoints.toFile(), last);
            Pieces.assertSameParameters(saved, ours);
        }
    }

    private static List<DataSet> series(int... sizes) {
        Nd4j.getRandom().setSeed(4);
        List<DataSet> batches = new ArrayList<>();
        for (int size : sizes) {
            batches.add(new DataSet(Nd4j.rand(DataType.DOUBLE, size, 2, 7), Nd4j.rand(DataType.DOUBLE, size, 3, 7)));
        }
        return batches;
    }

    /** What is evaluated between two parts of a series is another series, with other states. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("slow")
    void evaluationsBetweenTheTruncatedPartsOfASeries(boolean implicit) {
        List<MultiLayerNetwork> networks = new ArrayList<>();
        List<FisherListener> listeners = new ArrayList<>();
        for (String order : List.of("", "fe", "ef")) {
            MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                    .seed(5)
                    .dataType(DataType.DOUBLE)
                    .updater(new Sgd(0.2))
                    .list()
                    .layer(new SimpleRnn.Builder()
                            .nOut(4)
                            .activation(Activation.TANH)
                            .build())
                    .layer(new LSTM.Builder().nOut(3).build())
                    .layer(new RnnOutputLayer.Builder(LossFunction.MSE)
                            .nOut(3)
                            .activation(Activation.TANH)
                            .build())
                    .setInputType(InputType.recurrent(2))
                    .backpropType(BackpropType.TruncatedBPTT)
                    .tBPTTLength(3)
                    .build());
            network.init();
            if (implicit) {
                network =
                        ImplicitBackprop.convert(network, new ImplicitSgd(0.5)).result();
            }
            FisherListener fisher = Pieces.listener();
            TrainingListener evaluating = new EvaluativeListener(
                    new ExistingDataSetIterator(series(6)),
                    1,
                    InvocationType.ITERATION_END,
                    new RegressionEvaluation());
            Pieces.GradientNorms gradients = new Pieces.GradientNorms();
            network.addListeners(gradients);
            for (char each : order.toCharArray()) {
                network.addListeners(each == 'f' ? fisher : evaluating);
            }
            if (order.isEmpty()) {
                network.addListeners(evaluating);
            }
            network.fit(new ExistingDataSetIterator(series(5, 3)), EPOCHS);
            networks.add(network);
            if (!order.isEmpty()) {
                listeners.add(fisher);
                Pieces.assertSumsAreGradients(fisher, gradients, false);
                Pieces.assertSameParameters(network, networks.get(0));
            }
        }
        assertThat(listeners.get(0).history().summaries())
                .hasSize(EPOCHS * 2 * 3)
                .usingRecursiveComparison()
                .ignoringFieldsMatchingRegexes(".*gram.*")
                .isEqualTo(listeners.get(1).history().summaries());
    }

    /**
     * What a checkpoint is compared with, at each iteration of a training: all but the iterations before one of number
     * 1.
     */
    private static final class Trace extends BaseTrainingListener {

        private final Object data;
        private final List<BatchState> states = new ArrayList<>();
        private final List<Boolean> updated = new ArrayList<>();
        private byte[] before;

        Trace(Model model, Object data) {
            this.data = data;
            before = Pieces.bits(model);
        }

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            byte[] after = Pieces.bits(model);
            if (iteration > 0) {
                states.add(data instanceof DynamicBatchIterator ? ((DynamicBatchIterator) data).state() : null);
                updated.add(!Arrays.equals(before, after));
            }
            before = after;
        }
    }

    /**
     * From a checkpoint in the middle of an epoch training goes on as if it had never stopped, with the iterator's
     * state saved at the same iteration. DL4J saves a checkpoint before it counts the iteration.
     */
    @ParameterizedTest
    @MethodSource("io.dl4jext.users.Piece#inBothContainers")
    void checkpointsGoOn(Piece piece, boolean graph) {
        Model whole = piece.network(graph);
        piece.attach(whole);
        DataSetIterator data = piece.data(whole);
        CheckpointListener checkpoints = new CheckpointListener.Builder(folder.toFile())
                .saveEveryNIterations(1)
                .keepAll()
                .logSaving(false)
                .build();
        Trace trace = new Trace(whole, data);
        whole.addListeners(checkpoints, trace);
        List<byte[]> epochs = new ArrayList<>();
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            Pieces.fit(whole, data, 1);
            epochs.add(Pieces.bits(whole));
        }

        List<Checkpoint> saved = checkpoints.availableCheckpoints();
        assertThat(saved).hasSameSizeAs(trace.states);
        for (int at = 0; at < saved.size(); at++) {
            int epoch = saved.get(at).getEpoch();
            Model rest = graph
                    ? CheckpointListener.loadCheckpointCG(folder.toFile(), saved.get(at))
                    : CheckpointListener.loadCheckpointMLN(folder.toFile(), saved.get(at));
            if (trace.updated.get(at)) {
                countIteration(rest);
            }
            piece.attach(rest);
            DataSetIterator remaining = piece.data(rest);
            if (remaining instanceof DynamicBatchIterator) {
                ((DynamicBatchIterator) remaining).restore(trace.states.get(at));
                if (remaining.hasNext()) {
                    Pieces.fit(rest, remaining, 1);
                }
            } else {
                remaining = new ExistingDataSetIterator(Piece.TRAIN.subList(
                        (saved.get(at).getIteration() + 1) % Piece.TRAIN.size(), Piece.TRAIN.size()));
                if (saved.get(at).getIteration() % Piece.TRAIN.size() != Piece.TRAIN.size() - 1) {
                    Pieces.fit(rest, remaining, 1);
                }
            }
            assertThat(Pieces.bits(rest)).as("%s of %s", at, saved.size()).isEqualTo(epochs.get(epoch));
        }
    }

    private static void countIteration(Model model) {
        if (model instanceof MultiLayerNetwork) {
            MultiLayerNetwork network = (MultiLayerNetwork) model;
            network.setIterationCount(network.getIterationCount() + 1);
        } else {
            ComputationGraph network = (ComputationGraph) model;
            network.getConfiguration().setIterationCount(network.getIterationCount() + 1);
        }
    }
}
