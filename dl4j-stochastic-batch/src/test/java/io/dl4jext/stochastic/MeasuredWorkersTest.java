package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * A FisherListener that all workers of DL4J's ParallelWrapper share measures one of them and leaves the training as it
 * is.
 */
class MeasuredWorkersTest {

    private static final int STEPS = 8;

    private static MultiLayerNetwork network() {
        return Networks.dense(DataType.DOUBLE, 5, 6, new Sgd(0.2), new Sgd(0.2));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Timeout(600)
    void oneWorkerIsMeasured(boolean listenersOfTheWrapper) throws Exception {
        List<DataSet> data = Networks.vectors(DataType.DOUBLE, STEPS, 4, 5);
        FisherListener fisher =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        MultiLayerNetwork network = network();
        Ready ready = new Ready(2);
        if (listenersOfTheWrapper) {
            train(network, data, ready, fisher, ready);
        } else {
            network.setListeners(fisher);
            train(network, data, ready, ready);
        }

        List<List<FisherMeasurement>> expected = new ArrayList<>();
        assertThat(network.params()).isEqualTo(inTurns(data, expected));
        List<FisherMeasurement> measured = fisher.history().measurements();
        if (measured.isEmpty()) {
            // ParallelWrapper trains copies without the network's own listeners.
            assertThat(listenersOfTheWrapper).isFalse();
            return;
        }
        assertThat(measured).hasSize(STEPS / 2);
        assertThat(expected).anySatisfy(worker -> {
            for (int k = 0; k < measured.size(); k++) {
                assertThat(measured.get(k).iteration()).isEqualTo(worker.get(k).iteration());
                assertThat(measured.get(k).batchSize()).isEqualTo(4);
                assertThat(measured.get(k).eigenvalues())
                        .isEqualTo(worker.get(k).eigenvalues());
            }
        });
    }

    /** At each fit the workers get networks of their own, all but one. */
    @Test
    @Timeout(600)
    void oneWorkerIsMeasuredAtEachFit() throws Exception {
        FisherListener fisher =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        MultiLayerNetwork network = network();
        int fits = 3;
        for (int fit = 0; fit < fits; fit++) {
            Ready ready = new Ready(2);
            train(network, Networks.vectors(DataType.DOUBLE, STEPS, 4, 5), ready, fisher, ready);
            await(() -> Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("ParallelWrapper training thread")));
        }
        List<Integer> expected = IntStream.range(0, fits * STEPS / 2).boxed().collect(Collectors.toList());
        assertThat(fisher.history().measurements())
                .extracting(FisherMeasurement::iteration)
                .isEqualTo(expected);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(1);
        }
    }

    private static void train(MultiLayerNetwork network, List<DataSet> data, Ready ready, TrainingListener... listeners)
            throws Exception {
        try (ParallelWrapper wrapper = new ParallelWrapper.Builder<>(network)
                .workers(2)
                .averagingFrequency(1)
                .prefetchBuffer(0)
                .build()) {
            wrapper.setListeners(listeners);
            wrapper.fit(new ListIterator(data, ready.workers));
        }
    }

    /** Two networks that fit in turns and have their parameters averaged; what a listener of each measures. */
    private static INDArray inTurns(List<DataSet> data, List<List<FisherMeasurement>> measured) {
        List<MultiLayerNetwork> workers = List.of(network(), network());
        List<FisherListener> listeners = new ArrayList<>();
        for (MultiLayerNetwork worker : workers) {
            FisherListener listener =
                    FisherListener.builder().everyIterations(1).failFast(true).build();
            worker.setListeners(listener);
            listeners.add(listener);
        }
        for (int i = 0; i < STEPS; i += 2) {
            List<INDArray> parameters = new ArrayList<>();
            for (int worker = 0; worker < 2; worker++) {
                workers.get(worker).fit(data.get(i + worker));
                parameters.add(workers.get(worker).params());
            }
            Nd4j.averageAndPropagate(null, parameters);
        }
        listeners.forEach(listener -> measured.add(listener.history().measurements()));
        return workers.get(0).params();
    }
}
