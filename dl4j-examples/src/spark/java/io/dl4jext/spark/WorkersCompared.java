package io.dl4jext.spark;

import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.data.Mnist;
import io.dl4jext.experiments.network.Mlp;
import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.fisher.FisherListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.api.worker.NetBroadcastTuple;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.deeplearning4j.spark.parameterserver.training.SharedTrainingMaster;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.parameterserver.distributed.conf.VoidConfiguration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The same job with one worker and with more: the batch of an update is divided among the workers, who are averaged.
 * Tells the time, what was sent, and how far the parameters are from those of one worker.
 */
@Command(
        name = "workers-compared",
        mixinStandardHelpOptions = true,
        description = "One training on Spark with different numbers of workers: times, what is sent, what is the same.")
public final class WorkersCompared implements Callable<Integer> {

    @Option(names = "--workers", split = ",", defaultValue = "1,2", description = "Numbers of workers (default: 1,2).")
    private List<Integer> workers;

    @Option(
            names = "--every",
            split = ",",
            defaultValue = "1,5",
            description = "After how many updates the workers are averaged (default: 1,5).")
    private List<Integer> frequencies;

    @Option(names = "--updates", defaultValue = "40", description = "Updates (default: ${DEFAULT-VALUE}).")
    private int updates;

    @Option(
            names = "--batch",
            defaultValue = "64",
            description = "Examples of an update, of all workers together (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--hidden", defaultValue = "500", description = "Units of both layers (default: ${DEFAULT-VALUE}).")
    private int hidden;

    @Option(
            names = "--threshold",
            description = "Gradient sharing with this threshold, too; not with --threads (default: none).")
    private Double threshold;

    @Option(names = "--type", defaultValue = "FLOAT", description = "FLOAT or DOUBLE (default: ${DEFAULT-VALUE}).")
    private DataType type;

    @Option(names = "--threads", description = "Workers are threads of this process, not processes of their own.")
    private boolean threads;

    private static final List<String> COLUMNS = List.of(
            "workers",
            "averaged every",
            "seconds",
            "ms/update",
            "MB to workers",
            "MB from workers",
            "test loss",
            "difference");

    @Spec
    private CommandSpec spec;

    private final List<List<String>> rows = new ArrayList<>();

    public static void main(String... args) {
        System.exit(new CommandLine(new WorkersCompared()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        for (int number : workers) {
            if (number < 1 || batch % number != 0) {
                throw new ParameterException(
                        spec.commandLine(),
                        "expected numbers of workers that divide the batch of " + batch + ", got " + number);
            }
        }
        ImageSet mnist = Mnist.subset();
        System.out.printf(
                Locale.ROOT,
                "%s, %d-%d-%d-%d, SGD, %d updates of %d examples; %s%n%n",
                mnist.name(),
                mnist.shape().size(),
                hidden,
                hidden,
                mnist.classes(),
                updates,
                batch,
                threads ? "workers are threads" : "workers are processes of one core");
        for (int frequency : frequencies) {
            INDArray reference = null;
            for (int number : workers) {
                reference = run(mnist, number, frequency, reference);
            }
        }
        if (threshold != null && !threads) {
            for (int number : workers) {
                share(mnist, number);
            }
        }
        TextTable<List<String>> table = new TextTable<>(rows);
        for (int i = 0; i < COLUMNS.size(); i++) {
            int column = i;
            table.column(COLUMNS.get(i), row -> row.get(column));
        }
        System.out.println(table);
        System.out.println(
                "MB to workers: configuration, parameters and updater state, once for each worker and averaging;"
                        + " examples not counted.\nMB from workers: what Spark's tasks returned, or the messages of gradient sharing."
                        + "\ndifference: the largest of a parameter's, from the first number of workers.");
        MultiLayerNetwork network = network(mnist);
        FisherListener fisher = FisherListener.builder().build();
        network.setListeners(fisher);
        network.fit(rounds(mnist, 1, 1).get(0).get(0));
        System.out.printf(
                Locale.ROOT,
                "%nparameters: %d (%d bytes with configuration and state); a Fisher measurement of %d examples: %d bytes%n",
                network.numParams(),
                broadcast(network),
                batch,
                bytes(fisher.history().measurements().get(0)));
        return 0;
    }

    private INDArray run(ImageSet mnist, int number, int frequency, INDArray reference) throws IOException {
        try (LocalCluster cluster = threads ? null : new LocalCluster(number, 1024);
                JavaSparkContext spark = new JavaSparkContext(
                        threads ? LocalCluster.threads("compared", number) : cluster.conf("compared"))) {
            List<List<DataSet>> rounds = rounds(mnist, number, frequency);
            // Classes are loaded and compiled on a network that is thrown away.
            train(spark, network(mnist), rounds.subList(0, Math.min(5, rounds.size())), number, frequency);
            AtomicLong returned = new AtomicLong();
            spark.sc().addSparkListener(new SparkListener() {
                @Override
                public void onTaskEnd(SparkListenerTaskEnd end) {
                    TaskMetrics metrics = end.taskMetrics();
                    returned.addAndGet(
                            metrics.resultSize() + metrics.shuffleWriteMetrics().bytesWritten());
                }
            });
            MultiLayerNetwork network = network(mnist);
            long begin = System.nanoTime();
            train(spark, network, rounds, number, frequency);
            double seconds = (System.nanoTime() - begin) / 1e9;
            INDArray first = reference == null ? network.params().dup() : reference;
            row(
                    mnist,
                    number,
                    "" + frequency,
                    seconds,
                    broadcast(network) * rounds.size() * number,
                    returned.get(),
                    network,
                    format("%.1e", first.sub(network.params()).amaxNumber().doubleValue()));
            return first;
        }
    }

    private void share(ImageSet mnist, int number) throws IOException {
        try (LocalCluster cluster = new LocalCluster(number, 1024);
                JavaSparkContext spark = new JavaSparkContext(cluster.conf("compared"))) {
            int size = batch / number;
            TaskResults<Long> messages = new TaskResults<>(spark);
            VoidConfiguration udp = VoidConfiguration.builder()
                    .controllerAddress("127.0.0.1")
                    .networkMask("127.0.0.0/8")
                    .build();
            udp.setPortSupplier(new ExecutorPorts(30_300));
            MultiLayerNetwork network = network(mnist);
            SparkDl4jMultiLayer training = new SparkDl4jMultiLayer(
                    spark,
                    network,
                    new SharedTrainingMaster.Builder(udp, number, new MeasuredThreshold(threshold, messages), size)
                            .batchSizePerWorker(size)
                            .workersPerNode(1)
                            .rddTrainingApproach(RDDTrainingApproach.Direct)
                            .repartitioner(null)
                            .repartitionData(Repartition.Never)
                            .build());
            List<DataSet> all = rounds(mnist, number, updates).get(0);
            long begin = System.nanoTime();
            training.fit(spark.parallelize(all, number));
            double seconds = (System.nanoTime() - begin) / 1e9;
            long sent = messages.all().stream().mapToLong(Long::longValue).sum();
            row(
                    mnist,
                    number,
                    "sharing",
                    seconds,
                    broadcast(network) * number + sent * (number - 1),
                    sent,
                    network,
                    "");
        }
    }

    private void row(
            ImageSet mnist,
            int number,
            String kind,
            double seconds,
            long toWorkers,
            long fromWorkers,
            MultiLayerNetwork network,
            String difference) {
        DataSet test = BatchIterator.inOrder(
                        mnist.test(), Layout.FLAT, mnist.test().size())
                .next();
        rows.add(List.of(
                "" + number,
                kind,
                format("%.1f", seconds),
                format("%.0f", 1000 * seconds / updates),
                format("%.1f", toWorkers / 1e6),
                format("%.1f", fromWorkers / 1e6),
                format("%.6f", network.score(cast(test))),
                difference));
    }

    private DataSet cast(DataSet examples) {
        return new DataSet(
                examples.getFeatures().castTo(type), examples.getLabels().castTo(type));
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    /**
     * Of each averaging, all workers' batches; the examples of an update are the same whatever the number of workers.
     */
    private List<List<DataSet>> rounds(ImageSet mnist, int number, int frequency) {
        int size = batch / number;
        BatchIterator examples = BatchIterator.shuffled(mnist.train(), Layout.FLAT, batch, 1);
        List<List<DataSet>> rounds = new ArrayList<>();
        for (int round = 0; round < updates / frequency; round++) {
            DataSet[][] ofWorkers = new DataSet[number][frequency];
            for (int update = 0; update < frequency; update++) {
                if (!examples.hasNext()) {
                    examples.reset();
                }
                List<DataSet> parts = examples.next().batchBy(size);
                for (int worker = 0; worker < number; worker++) {
                    ofWorkers[worker][update] = cast(parts.get(worker));
                }
            }
            List<DataSet> all = new ArrayList<>();
            for (DataSet[] ofWorker : ofWorkers) {
                all.addAll(List.of(ofWorker));
            }
            rounds.add(all);
        }
        return rounds;
    }

    private MultiLayerNetwork network(ImageSet mnist) {
        MultiLayerNetwork network = new MultiLayerNetwork(Mlp.configuration(
                new NeuralNetConfiguration.Builder()
                        .seed(1)
                        .dataType(type)
                        .updater(new Sgd(0.1))
                        .activation(Activation.RELU),
                true,
                LossFunction.MCXENT,
                Activation.SOFTMAX,
                mnist.shape().size(),
                hidden,
                hidden,
                mnist.classes()));
        network.init();
        return network;
    }

    private void train(
            JavaSparkContext spark, MultiLayerNetwork network, List<List<DataSet>> rounds, int number, int frequency) {
        int size = batch / number;
        SparkDl4jMultiLayer training = new SparkDl4jMultiLayer(
                spark,
                network,
                new ParameterAveragingTrainingMaster.Builder(number, size)
                        .batchSizePerWorker(size)
                        .averagingFrequency(frequency)
                        .saveUpdater(true)
                        .repartionData(Repartition.Never)
                        .rddTrainingApproach(RDDTrainingApproach.Direct)
                        .build());
        rounds.forEach(round -> training.fit(spark.parallelize(round, number)));
    }

    /** The bytes that one worker is sent at each averaging, before Spark packs them. */
    private static long broadcast(MultiLayerNetwork network) throws IOException {
        return bytes(new NetBroadcastTuple(
                network.getLayerWiseConfigurations(),
                network.params(),
                network.getUpdater().getStateViewArray()));
    }

    private static long bytes(Serializable object) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return bytes.size();
    }
}
