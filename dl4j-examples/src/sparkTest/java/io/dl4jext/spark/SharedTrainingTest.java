package io.dl4jext.spark;

import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.solvers.accumulation.encoding.threshold.FixedThresholdAlgorithm;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.parameterserver.training.SharedTrainingMaster;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.parameterserver.distributed.conf.VoidConfiguration;

class SharedTrainingTest {

    static SharedTrainingMaster master(int size, int perNode) {
        VoidConfiguration network = VoidConfiguration.builder()
                .controllerAddress("127.0.0.1")
                .networkMask("127.0.0.0/8")
                .build();
        network.setPortSupplier(new ExecutorPorts(40200));
        return new SharedTrainingMaster.Builder(network, 2, new FixedThresholdAlgorithm(1e-3), size)
                .batchSizePerWorker(size)
                .workersPerNode(perNode)
                .repartitioner(null)
                .repartitionData(org.deeplearning4j.spark.api.Repartition.Never)
                .rddTrainingApproach(RDDTrainingApproach.Direct)
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster1", "local2"})
    void trains(String where) throws IOException {
        LocalCluster cluster = where.startsWith("cluster") ? new LocalCluster(2, 1024) : null;
        JavaSparkContext spark =
                new JavaSparkContext(cluster == null ? LocalCluster.threads("shared", 2) : cluster.conf("shared"));
        try {
            MultiLayerNetwork network = Job.SGD.network(DataType.FLOAT);
            SparkDl4jMultiLayer training =
                    new SparkDl4jMultiLayer(spark, network, master(16, where.endsWith("2") ? 2 : 1));
            List<DataSet> batches = Job.batches(40, 16, DataType.FLOAT);
            DataSet all = DataSet.merge(batches);
            System.err.println(where + " start " + network.score(all));
            for (int epoch = 0; epoch < 4; epoch++) {
                long t = System.nanoTime();
                training.fit(spark.parallelize(batches, cluster == null ? 1 : 2));
                System.err.println(where + " epoch " + epoch + " score " + network.score(all) + " it "
                        + network.getIterationCount() + " s " + (System.nanoTime() - t) / 1e9);
            }
        } finally {
            spark.close();
            if (cluster != null) {
                cluster.close();
            }
        }
    }
}
