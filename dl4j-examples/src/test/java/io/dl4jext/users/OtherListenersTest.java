package io.dl4jext.users;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.stochastic.StochasticBatchListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.evaluation.IEvaluation;

/** DL4J's listeners beside ours, in any order: nothing of theirs and nothing of ours changes. */
class OtherListenersTest {

    private static final int EPOCHS = 3;

    @TempDir
    Path folder;

    /** One of each of DL4J's, and what they have written down. */
    private static final class Theirs {

        final InMemoryStatsStorage storage = new InMemoryStatsStorage();
        final EvaluativeListener evaluations =
                new EvaluativeListener(new ExistingDataSetIterator(Piece.VALIDATION), 1, InvocationType.EPOCH_END);
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

        List<TrainingListener> all() {
            return List.of(
                    new StatsListener(storage, 1, "session"),
                    new CollectScoresIterationListener(1),
                    evaluations,
                    checkpoints,
                    new PerformanceListener(1, true),
                    new ScoreIterationListener(1),
                    new TimeIterationListener(EPOCHS * Piece.TRAIN.size()));
        }

        /** What StatsListener has seen: score and mean magnitudes of parameters, gradients and updates at each iteration. */
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
            var data = piece.data(model);
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
}
