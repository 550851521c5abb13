package io.dl4jext.users;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.batch.DynamicMultiBatchIterator;
import io.dl4jext.batch.LastBatch;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.earlystopping.FisherTerminationCondition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingModelSaver;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.EarlyStoppingResult.TerminationReason;
import org.deeplearning4j.earlystopping.saver.LocalFileGraphSaver;
import org.deeplearning4j.earlystopping.saver.LocalFileModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.InvalidScoreIterationTerminationCondition;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.termination.MaxScoreIterationTerminationCondition;
import org.deeplearning4j.earlystopping.termination.MaxTimeIterationTerminationCondition;
import org.deeplearning4j.earlystopping.termination.ScoreImprovementEpochTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingGraphTrainer;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Each piece in DL4J's early stopping, with models saved to files, against the same training by {@code fit}. */
class EarlyStoppingTest {

    private static final int EPOCHS = Piece.EPOCHS;

    @TempDir
    Path folder;

    static Stream<Arguments> pieces() {
        return Piece.inBothContainers();
    }

    @SuppressWarnings("unchecked")
    private EarlyStoppingModelSaver<Model> saver(boolean graph) {
        String directory = folder.toString();
        return (EarlyStoppingModelSaver<Model>) (EarlyStoppingModelSaver<?>)
                (graph ? new LocalFileGraphSaver(directory) : new LocalFileModelSaver(directory));
    }

    private EarlyStoppingConfiguration.Builder<Model> configuration(boolean graph) {
        return new EarlyStoppingConfiguration.Builder<Model>()
                .scoreCalculator(new DataSetLossCalculator(new ExistingDataSetIterator(Piece.VALIDATION), true))
                .modelSaver(saver(graph))
                .saveLastModel(true);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static EarlyStoppingResult<Model> stop(
            EarlyStoppingConfiguration<Model> configuration, Model model, DataSetIterator data) {
        EarlyStoppingConfiguration raw = configuration;
        return model instanceof ComputationGraph
                ? (EarlyStoppingResult) new EarlyStoppingGraphTrainer(raw, (ComputationGraph) model, data).fit()
                : (EarlyStoppingResult) new EarlyStoppingTrainer(raw, (MultiLayerNetwork) model, data).fit();
    }

    private static double score(Model model) {
        DataSet validation = Piece.VALIDATION.get(0);
        return model instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) model).score(validation, false)
                : ((ComputationGraph) model).score(validation, false);
    }

    /**
     * Scores, best and last model of each epoch are those of {@code fit}; what was saved goes on as if it had never
     * been away.
     */
    @ParameterizedTest
    @MethodSource("pieces")
    void trainsSavesAndGoesOnAsFitDoes(Piece piece, boolean graph) throws IOException {
        Model byFit = piece.network(graph);
        piece.attach(byFit);
        DataSetIterator data = piece.data(byFit);
        Map<Integer, Double> scores = new LinkedHashMap<>();
        List<byte[]> parameters = new ArrayList<>();
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            Pieces.fit(byFit, data, 1);
            scores.put(epoch, score(byFit));
            parameters.add(Pieces.bits(byFit));
        }

        Model stopped = piece.network(graph);
        piece.attach(stopped);
        EarlyStoppingConfiguration<Model> configuration = configuration(graph)
                .epochTerminationConditions(
                        new MaxEpochsTerminationCondition(EPOCHS),
                        new ScoreImprovementEpochTerminationCondition(EPOCHS))
                .iterationTerminationConditions(
                        new InvalidScoreIterationTerminationCondition(),
                        new MaxScoreIterationTerminationCondition(50),
                        new MaxTimeIterationTerminationCondition(10, TimeUnit.MINUTES))
                .build();
        EarlyStoppingResult<Model> result = stop(configuration, stopped, piece.data(stopped));

        assertThat(result.getTerminationReason())
                .as(result.getTerminationDetails())
                .isEqualTo(TerminationReason.EpochTerminationCondition);
        assertThat(result.getScoreVsEpoch()).isEqualTo(scores);
        Pieces.assertSameParameters(stopped, byFit);
        assertThat(Pieces.bits(result.getBestModel())).isEqualTo(parameters.get(result.getBestModelEpoch()));
        assertThat(scores.values())
                .allSatisfy(score -> assertThat(result.getBestModelScore()).isLessThanOrEqualTo(score));

        Model latest = configuration.getModelSaver().getLatestModel();
        Pieces.assertSameParameters(latest, byFit);
        countEpoch(latest);
        piece.attach(latest);
        Pieces.fit(latest, piece.data(latest), 1);
        Pieces.fit(byFit, data, 1);
        if (piece != Piece.SCHEDULED_BATCHES) {
            // Which carries examples over from epoch to epoch: its iterator is saved by itself.
            Pieces.assertSameParameters(latest, byFit);
        }
    }

    /** DL4J's early stopping saves a model with the number of the epoch that it has finished, not of the next. */
    private static void countEpoch(Model latest) {
        if (latest instanceof MultiLayerNetwork) {
            assertThat(((MultiLayerNetwork) latest).getEpochCount()).isEqualTo(EPOCHS - 1);
            ((MultiLayerNetwork) latest).setEpochCount(EPOCHS);
        } else {
            assertThat(((ComputationGraph) latest).getEpochCount()).isEqualTo(EPOCHS - 1);
            ((ComputationGraph) latest).getConfiguration().setEpochCount(EPOCHS);
        }
    }

    /** The history is that of {@code fit}, and neither scoring nor saving in between is measured. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMeasuredTrainingHasTheHistoryOfFit(boolean graph) {
        Model byFit = Piece.plain(graph, Piece.rate());
        FisherListener expected =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        byFit.addListeners(expected);
        Pieces.fit(byFit, Piece.train(), EPOCHS);

        Model stopped = Piece.plain(graph, Piece.rate());
        FisherListener fisher =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        stopped.addListeners(fisher);
        stop(
                configuration(graph)
                        .epochTerminationConditions(new MaxEpochsTerminationCondition(EPOCHS))
                        .build(),
                stopped,
                Piece.train());

        assertThat(fisher.history().measurements()).hasSize(EPOCHS * Piece.TRAIN.size());
        assertThat(fisher.history().summaries())
                .usingRecursiveComparison()
                .isEqualTo(expected.history().summaries());
    }

    /** With batches in parts, which are one iteration together, and from files. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endsWhereTheEnergyIsExceeded(boolean graph) {
        Model whole = Piece.plain(graph, Piece.rate());
        FisherListener unbroken =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        whole.addListeners(unbroken);
        Pieces.fit(whole, Piece.ACCUMULATED_AND_SCALED.data(whole), EPOCHS);
        FisherHistory history = unbroken.history();
        double limit = history.summaries().get(7).cumulativeEnergy();

        Model stopped = Piece.plain(graph, Piece.rate());
        FisherTerminationCondition condition = FisherTerminationCondition.energyAbove(limit);
        FisherListener fisher = FisherListener.builder()
                .everyIterations(1)
                .failFast(true)
                .sink(condition)
                .build();
        stopped.addListeners(fisher);
        EarlyStoppingResult<Model> result = stop(
                configuration(graph)
                        .epochTerminationConditions(new MaxEpochsTerminationCondition(EPOCHS))
                        .iterationTerminationConditions(condition)
                        .build(),
                stopped,
                Piece.ACCUMULATED_AND_SCALED.data(stopped));

        assertThat(history.measurements()).hasSize(3 * EPOCHS);
        assertThat(result.getTerminationReason()).isEqualTo(TerminationReason.IterationTerminationCondition);
        assertThat(fisher.history().measurements()).hasSize(9);
        assertThat(fisher.history().summaries())
                .usingRecursiveComparison()
                .isEqualTo(history.summaries().subList(0, 9));
        assertThat(Pieces.bits(result.getBestModel())).isNotEqualTo(Pieces.bits(stopped));
    }

    /** The graph's trainer with MultiDataSets. */
    @Test
    void multiDataSetsInScheduledBatches() {
        List<MultiDataSet> batches = Piece.TRAIN.stream()
                .map(batch -> new MultiDataSet(batch.getFeatures(), batch.getLabels()))
                .collect(Collectors.toList());
        Model byFit = Piece.plain(true, Piece.rate());
        Pieces.fit(byFit, multi(batches, byFit), EPOCHS);

        ComputationGraph stopped = (ComputationGraph) Piece.plain(true, Piece.rate());
        EarlyStoppingConfiguration<ComputationGraph> configuration = new EarlyStoppingConfiguration.Builder<
                        ComputationGraph>()
                .scoreCalculator(new DataSetLossCalculator(new ExistingDataSetIterator(Piece.VALIDATION), true))
                .modelSaver(new LocalFileGraphSaver(folder.toString()))
                .epochTerminationConditions(new MaxEpochsTerminationCondition(EPOCHS))
                .build();
        EarlyStoppingResult<ComputationGraph> result =
                new EarlyStoppingGraphTrainer(configuration, stopped, multi(batches, stopped), null).fit();

        assertThat(result.getTerminationReason()).isEqualTo(TerminationReason.EpochTerminationCondition);
        Pieces.assertSameParameters(stopped, byFit);
    }

    private static DynamicMultiBatchIterator multi(List<MultiDataSet> batches, Model model) {
        DynamicMultiBatchIterator rebatched = DynamicMultiBatchIterator.builder(
                        new MultiBatches(batches), BatchSchedule.staged(EPOCHS, 5, 9))
                .microBatchSize(4)
                .lastBatch(LastBatch.DROP)
                .build();
        Pieces.attach(rebatched, model);
        return rebatched;
    }
}
