package io.dl4jext.spark;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

/** What {@code StochasticBatch} does where its listener has not come: it refuses to train, by name. */
class StochasticOnWorkersTest {

    @Test
    void withoutItsListenerEveryWorkerRefuses() {
        try (JavaSparkContext spark = new JavaSparkContext(LocalCluster.threads("stochastic", 2))) {
            MultiLayerNetwork network = Job.STOCHASTIC.network(DataType.FLOAT);
            SparkDl4jMultiLayer training = new SparkDl4jMultiLayer(spark, network, ParameterAveragingTest.master(1));
            assertThatThrownBy(() -> training.fit(spark.parallelize(Job.batches(2, 16, DataType.FLOAT), 2)))
                    .hasMessageContaining("StochasticBatch has to know the network's parameter groups");
        }
    }
}
