package io.dl4jext.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

/** Two workers that are averaged after every step, and one machine with their batches as one. */
class OneMachineTest {

    private static final int WORKERS = 2;
    private static final int SIZE = 16;
    private static final int STEPS = 5;

    private static JavaSparkContext spark;

    @BeforeAll
    static void start() {
        spark = new JavaSparkContext(LocalCluster.threads("one machine", WORKERS));
    }

    @AfterAll
    static void stop() {
        spark.close();
    }

    /**
     * Where the step is the mean of what each example asks for, the mean of the workers' steps is the step of all: SGD,
     * and implicit steps, which each example takes for itself. Elsewhere it is another training.
     */
    @ParameterizedTest
    @EnumSource(Job.class)
    void areTheSameWhereAStepIsAMeanOfExamples(Job job) {
        MultiLayerNetwork distributed = job.network(DataType.DOUBLE);
        MultiLayerNetwork alone = job.network(DataType.DOUBLE);
        for (TrainingListener listener : job.listeners()) {
            alone.addListeners(listener);
        }
        SparkDl4jMultiLayer training = new SparkDl4jMultiLayer(spark, distributed, ParameterAveragingTest.master(1));
        training.setListeners(job.listeners());
        List<DataSet> batches = Job.batches(STEPS * WORKERS, SIZE, DataType.DOUBLE);
        for (int step = 0; step < STEPS; step++) {
            List<DataSet> ofStep = List.copyOf(batches.subList(step * WORKERS, (step + 1) * WORKERS));
            training.fit(spark.parallelize(ofStep, WORKERS));
            alone.fit(DataSet.merge(ofStep));
        }
        double difference =
                distributed.params().sub(alone.params()).amaxNumber().doubleValue();
        if (job == Job.SGD || job == Job.DECAYING || job == Job.IMPLICIT) {
            assertThat(difference).isLessThan(1e-13);
        } else {
            assertThat(difference).isGreaterThan(1e-5);
        }
    }
}
