package io.dl4jext.fisher.earlystopping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurements;
import io.dl4jext.fisher.FisherSummary;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.EarlyStoppingResult.TerminationReason;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

class FisherTerminationConditionTest {

    private static final int EPOCHS = 6;
    private static final int BATCHES = 8;
    private static final DataSet DATA = data();

    private static DataSet data() {
        Random random = new Random(2);
        INDArray features = Nd4j.create(DataType.DOUBLE, 10 * BATCHES, 4);
        INDArray labels = Nd4j.create(DataType.DOUBLE, 10 * BATCHES, 2);
        for (int i = 0; i < 10 * BATCHES; i++) {
            for (int j = 0; j < 4; j++) {
                features.putScalar(i, j, random.nextGaussian());
            }
            labels.putScalar(i, random.nextInt(2), 1);
        }
        return new DataSet(features, labels);
    }

    private static MultiLayerNetwork network(double rate) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(rate))
                .list()
                .layer(new OutputLayer.Builder()
                        .nIn(4)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        return network;
    }

    private static FisherListener.Builder listener() {
        return FisherListener.builder().everyIterations(1).rankTolerance(1e-9);
    }

    private static FisherHistory whole(double rate) {
        MultiLayerNetwork network = network(rate);
        FisherListener fisher = listener().build();
        network.setListeners(fisher);
        network.fit(new ExistingDataSetIterator(DATA.batchBy(10)), EPOCHS);
        return fisher.history();
    }

    private static EarlyStoppingResult<MultiLayerNetwork> train(
            double rate, FisherTerminationCondition condition, boolean everyIteration) {
        MultiLayerNetwork network = network(rate);
        network.setListeners(listener().sink(condition).build());
        EarlyStoppingConfiguration.Builder<MultiLayerNetwork> configuration = new EarlyStoppingConfiguration.Builder<
                        MultiLayerNetwork>()
                .scoreCalculator(new DataSetLossCalculator(new ExistingDataSetIterator(DATA.batchBy(80)), true))
                .modelSaver(new InMemoryModelSaver<>());
        if (everyIteration) {
            configuration.iterationTerminationConditions(condition);
            configuration.epochTerminationConditions(new MaxEpochsTerminationCondition(EPOCHS));
        } else {
            configuration.epochTerminationConditions(new MaxEpochsTerminationCondition(EPOCHS), condition);
        }
        return new EarlyStoppingTrainer(configuration.build(), network, new ExistingDataSetIterator(DATA.batchBy(10)))
                .fit();
    }

    /** The first iteration, from 1, after which the value of the unbroken training exceeds the limit. */
    private static int firstAbove(FisherHistory history, ToDoubleFunction<FisherSummary> value, double limit) {
        for (int i = 0; i < history.summaries().size(); i++) {
            if (value.applyAsDouble(history.summaries().get(i)) > limit) {
                return i + 1;
            }
        }
        throw new AssertionError("never above " + limit);
    }

    @Test
    void endsWithTheIterationThatExceedsTheEnergy() {
        FisherHistory whole = whole(0.3);
        double limit = whole.summaries().get(20).cumulativeEnergy();
        int end = firstAbove(whole, FisherSummary::cumulativeEnergy, limit);
        FisherTerminationCondition condition = FisherTerminationCondition.energyAbove(limit);
        EarlyStoppingResult<MultiLayerNetwork> result = train(0.3, condition, true);

        assertThat(end).isEqualTo(22);
        assertThat(result.getTerminationReason()).isEqualTo(TerminationReason.IterationTerminationCondition);
        assertThat(result.getTotalEpochs()).isEqualTo((end - 1) / BATCHES);
        assertThat(result.getTerminationDetails()).contains("cumulative energy > " + limit);
    }

    @Test
    void orWithTheEpoch() {
        FisherHistory whole = whole(0.3);
        double limit = whole.summaries().get(20).cumulativeEnergy();
        EarlyStoppingResult<MultiLayerNetwork> result =
                train(0.3, FisherTerminationCondition.energyAbove(limit), false);

        assertThat(result.getTerminationReason()).isEqualTo(TerminationReason.EpochTerminationCondition);
        assertThat(result.getTotalEpochs()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void distanceFromABeacon(boolean late) {
        Beacon beacon = Beacon.of(whole(0.1));
        long notBefore = late ? 10 * 3 * BATCHES : 0;
        FisherTerminationCondition condition =
                FisherTerminationCondition.distanceAbove(beacon, 1).notBefore(notBefore);

        EarlyStoppingResult<MultiLayerNetwork> far = train(1, condition, true);
        assertThat(far.getTerminationReason()).isEqualTo(TerminationReason.IterationTerminationCondition);
        assertThat(far.getTotalEpochs()).isEqualTo(late ? 2 : 1);

        EarlyStoppingResult<MultiLayerNetwork> near = train(0.12, condition, true);
        assertThat(near.getTerminationReason()).isEqualTo(TerminationReason.EpochTerminationCondition);
        assertThat(near.getTotalEpochs()).isEqualTo(EPOCHS);
    }

    /** L_K is still 0, here or there; that its logarithm is infinitely far away is no reason to stop. */
    @Test
    void aTrainingThatBeginsWithRateZeroIsNotHopeless() {
        FisherHistory warmUp = FisherHistory.of(
                FisherMeasurements.measurement(0, 0, 0, 1, 4, 1), FisherMeasurements.measurement(0, 1, 0.1, 1, 4, 1));
        FisherHistory atOnce = FisherHistory.of(
                FisherMeasurements.measurement(0, 0, 0.1, 1, 4, 1), FisherMeasurements.measurement(0, 1, 0.1, 1, 4, 1));
        assertThat(endsAt(Beacon.of(atOnce), warmUp)).isEqualTo(1);
        assertThat(endsAt(Beacon.of(warmUp), atOnce)).isEqualTo(1);
        assertThat(endsAt(Beacon.of(atOnce), atOnce)).isEqualTo(-1);
    }

    /** The first measurement at which the training is farther away than 0.5; -1 if it never is. */
    private static int endsAt(Beacon beacon, FisherHistory history) {
        FisherTerminationCondition condition = FisherTerminationCondition.distanceAbove(beacon, 0.5);
        for (int i = 0; i < history.measurements().size(); i++) {
            condition.accept(history.measurements().get(i), history.summaries().get(i));
            if (condition.terminate(0, 0.5, true)) {
                return i;
            }
        }
        return -1;
    }

    @Test
    void conditionNumbers() {
        double first = whole(0.3).summaries().get(0).averageConditionNumber();
        assertThat(train(0.3, FisherTerminationCondition.conditionNumberAbove(first / 2), true)
                        .getTotalEpochs())
                .isEqualTo(1);
        assertThat(train(0.3, FisherTerminationCondition.conditionNumberAbove(1e9), true)
                        .getTotalEpochs())
                .isEqualTo(EPOCHS);
    }

    @Test
    void settingsAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FisherTerminationCondition.energyAbove(Double.NaN))
                .withMessageContaining("got NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FisherTerminationCondition.energyAbove(1).notBefore(-1))
                .withMessageContaining("got -1");
        assertThatNullPointerException().isThrownBy(() -> FisherTerminationCondition.distanceAbove(null, 1));
        assertThat(FisherTerminationCondition.energyAbove(2).notBefore(30))
                .hasToString("FisherTerminationCondition(cumulative energy > 2.0, not before 30 examples)");
    }
}
