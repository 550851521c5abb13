package io.dl4jext.examples;

import io.dl4jext.batch.arbiter.BatchCandidates;
import io.dl4jext.batch.arbiter.TrainingSpace;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.fisher.arbiter.AllCandidatesDone;
import io.dl4jext.fisher.arbiter.CandidateTaskCreator;
import io.dl4jext.fisher.arbiter.ChoiceSpace;
import io.dl4jext.fisher.arbiter.ResumableGenerator;
import io.dl4jext.fisher.arbiter.SearchLog;
import io.dl4jext.fisher.arbiter.SettingsSpace;
import io.dl4jext.stochastic.StochasticBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.zip.GZIPInputStream;
import org.datavec.api.records.reader.RecordReader;
import org.datavec.api.records.reader.impl.csv.CSVRecordReader;
import org.datavec.api.split.InputStreamInputSplit;
import org.deeplearning4j.arbiter.DL4JConfiguration;
import org.deeplearning4j.arbiter.MultiLayerSpace;
import org.deeplearning4j.arbiter.layers.DenseLayerSpace;
import org.deeplearning4j.arbiter.layers.OutputLayerSpace;
import org.deeplearning4j.arbiter.optimize.api.data.DataSource;
import org.deeplearning4j.arbiter.optimize.config.OptimizationConfiguration;
import org.deeplearning4j.arbiter.optimize.generator.RandomSearchGenerator;
import org.deeplearning4j.arbiter.optimize.parameter.continuous.ContinuousParameterSpace;
import org.deeplearning4j.arbiter.optimize.runner.LocalOptimizationRunner;
import org.deeplearning4j.arbiter.scoring.impl.TestSetLossScoreFunction;
import org.deeplearning4j.datasets.datavec.RecordReaderDataSetIterator;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.SplitTestAndTrain;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Searches with Arbiter for a batch schedule, and for the rate and α of StochasticBatch. Killed and started again with
 * the same file, {@code arguments[0]}, the search goes on where it was.
 */
public final class SearchBatchSchedule {

    private SearchBatchSchedule() {}

    public static void main(String[] arguments) throws Exception {
        Path log = arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempFile("search", ".jsonl");

        MultiLayerSpace network = new MultiLayerSpace.Builder()
                .seed(1)
                .updater(SettingsSpace.of(IUpdater.class, new StochasticBatch(0.1))
                        .search("learningRate", new ContinuousParameterSpace(0.05, 0.5))
                        .search("alpha", new ContinuousParameterSpace(0.05, 0.5)))
                .addLayer(new DenseLayerSpace.Builder()
                        .nIn(64)
                        .nOut(50)
                        .activation(Activation.RELU)
                        .build())
                .addLayer(new OutputLayerSpace.Builder()
                        .nIn(50)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .lossFunction(LossFunction.MCXENT)
                        .build())
                .numEpochs(5)
                .build();
        TrainingSpace<DL4JConfiguration> space = TrainingSpace.builder(network)
                .batchSizes(ChoiceSpace.of(
                        BatchSchedule.class, BatchSchedule.named("s8-to-32", 5), BatchSchedule.constant(16)))
                .build();

        OptimizationConfiguration search = new OptimizationConfiguration.Builder()
                .candidateGenerator(ResumableGenerator.of(new RandomSearchGenerator(space), log, 4))
                .rngSeed(1)
                .dataSource(Digits.class, new Properties())
                .scoreFunction(new TestSetLossScoreFunction())
                .terminationConditions(new AllCandidatesDone())
                .build();
        new LocalOptimizationRunner(search, new CandidateTaskCreator(new BatchCandidates())).execute();

        SearchLog.read(log).candidates().forEach(System.out::println);
        double[] best = SearchLog.read(log).best(true).orElseThrow().parameters();
        System.out.println("best: " + space.batchSizes(best) + ", "
                + space.getValue(best).getMultiLayerConfiguration().getConf(0).getLayer());
    }

    /** 1,797 handwritten digits, 64 pixels and the label in each row of a CSV file, in batches of any size. */
    public static final class Digits implements DataSource {

        private SplitTestAndTrain split;

        @Override
        public void configure(Properties properties) {
            try {
                RecordReader csv = new CSVRecordReader();
                csv.initialize(
                        new InputStreamInputSplit(new GZIPInputStream(SearchBatchSchedule.class.getResourceAsStream(
                                "/io/dl4jext/experiments/data/digits/digits-8x8.csv.gz"))));
                DataSet digits = new RecordReaderDataSetIterator(csv, 1797, 64, 10).next();
                digits.divideBy(16);
                split = digits.splitTestAndTrain(1437);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Object trainData() {
            return new ExistingDataSetIterator(split.getTrain().batchBy(64));
        }

        @Override
        public Object testData() {
            return new ExistingDataSetIterator(split.getTest().batchBy(360));
        }

        @Override
        public Class<?> getDataType() {
            return DataSetIterator.class;
        }
    }
}
