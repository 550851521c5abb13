package io.dl4jext.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Parameter averaging by two threads is, bit by bit, what it is defined to be. */
class ParameterAveragingTest {

    private static final int WORKERS = 2;
    private static final int SIZE = 16;

    private static JavaSparkContext spark;

    @BeforeAll
    static void start() {
        spark = new JavaSparkContext(LocalCluster.threads("parameter averaging", WORKERS));
    }

    @AfterAll
    static void stop() {
        spark.close();
    }

    static ParameterAveragingTrainingMaster master(int frequency) {
        return builder().averagingFrequency(frequency).saveUpdater(true).build();
    }

    private static ParameterAveragingTrainingMaster.Builder builder() {
        return new ParameterAveragingTrainingMaster.Builder(WORKERS, SIZE)
                .batchSizePerWorker(SIZE)
                .repartionData(Repartition.Never)
                .rddTrainingApproach(RDDTrainingApproach.Direct);
    }

    @ParameterizedTest
    @EnumSource(Job.class)
    void isTheMeanOfTheWorkers(Job job) {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            for (int frequency : new int[] {1, 3}) {
                MultiLayerNetwork network = job.network(type);
                MultiLayerNetwork expected = job.network(type);
                SparkDl4jMultiLayer training = new SparkDl4jMultiLayer(spark, network, master(frequency));
                training.setListeners(job.listeners());
                int share = WORKERS * frequency;
                List<DataSet> batches = Job.batches(3 * share, SIZE, type);
                for (int round = 0; round < 3; round++) {
                    List<DataSet> ofRound = List.copyOf(batches.subList(round * share, (round + 1) * share));
                    training.fit(spark.parallelize(ofRound, WORKERS));
                    AveragingReference.round(expected, job, AveragingReference.dealt(ofRound, WORKERS));
                    expected.incrementEpochCount();
                    assertThat(network.getIterationCount()).isEqualTo((round + 1) * frequency);
                }
                assertThat(network.params()).isEqualTo(expected.params());
                assertThat(network.getUpdater().getStateViewArray())
                        .isEqualTo(expected.getUpdater().getStateViewArray());
                assertThat(network.params()).isNotEqualTo(job.network(type).params());
            }
        }
    }

    /** So AdaGrad would begin anew after each averaging: its documentation says that the state is kept by default. */
    @Test
    void dl4jLosesTheStateOfUpdatersUnlessToldToSaveIt() {
        MultiLayerNetwork network = Job.ADAGRAD.network(DataType.DOUBLE);
        INDArray state = network.getUpdater().getStateViewArray().dup();
        JavaRDD<DataSet> data = spark.parallelize(Job.batches(WORKERS, SIZE, DataType.DOUBLE), WORKERS);
        new SparkDl4jMultiLayer(spark, network, builder().averagingFrequency(1).build()).fit(data);
        assertThat(network.getUpdater().getStateViewArray()).isEqualTo(state);
        new SparkDl4jMultiLayer(spark, network, master(1)).fit(data);
        assertThat(network.getUpdater().getStateViewArray()).isNotEqualTo(state);
    }
}
