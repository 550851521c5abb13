package io.dl4jext.users;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.schedule.BatchSchedule;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import org.datavec.api.io.labels.ParentPathLabelGenerator;
import org.datavec.api.records.metadata.RecordMetaData;
import org.datavec.api.records.reader.RecordReader;
import org.datavec.api.records.reader.SequenceRecordReader;
import org.datavec.api.records.reader.impl.collection.CollectionRecordReader;
import org.datavec.api.records.reader.impl.csv.CSVRecordReader;
import org.datavec.api.records.reader.impl.csv.CSVSequenceRecordReader;
import org.datavec.api.records.reader.impl.transform.TransformProcessRecordReader;
import org.datavec.api.split.FileSplit;
import org.datavec.api.split.NumberedFileInputSplit;
import org.datavec.api.transform.TransformProcess;
import org.datavec.api.transform.condition.ConditionOp;
import org.datavec.api.transform.condition.column.DoubleColumnCondition;
import org.datavec.api.transform.filter.ConditionFilter;
import org.datavec.api.transform.schema.Schema;
import org.datavec.api.writable.IntWritable;
import org.datavec.api.writable.NDArrayWritable;
import org.datavec.api.writable.Writable;
import org.datavec.image.loader.NativeImageLoader;
import org.datavec.image.recordreader.ImageRecordReader;
import org.datavec.image.transform.FlipImageTransform;
import org.deeplearning4j.datasets.datavec.RecordReaderDataSetIterator;
import org.deeplearning4j.datasets.datavec.RecordReaderMultiDataSetIterator;
import org.deeplearning4j.datasets.datavec.SequenceRecordReaderDataSetIterator;
import org.deeplearning4j.datasets.datavec.SequenceRecordReaderDataSetIterator.AlignmentMode;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.dataset.api.preprocessor.ImagePreProcessingScaler;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerMinMaxScaler;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Record readers, transformations and normalisers of DataVec in front of every piece. DataVec makes floats, whatever
 * the network's type.
 */
class DataVecTest {

    private static final int ROWS = 23;

    @TempDir
    Path folder;

    private final Random random = new Random(7);

    private static NeuralNetConfiguration.Builder builder(DataType type, IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(type)
                .activation(Activation.TANH)
                .updater(updater);
    }

    private static MultiLayerNetwork network(DataType type, IUpdater updater, InputType input, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = builder(type, updater).list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork network =
                new MultiLayerNetwork(list.setInputType(input).build());
        network.init();
        return network;
    }

    private static DenseLayer dense(int units) {
        return new DenseLayer.Builder().nOut(units).build();
    }

    private static OutputLayer classes(int classes) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(classes)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private String number() {
        return String.format(Locale.ROOT, "%.4f", 20 + 5 * random.nextGaussian());
    }

    /** Five columns, one of them a name and one a category, and one row that a filter takes out. */
    private Path table() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("width,name,height,colour,kind");
        for (int i = 0; i < ROWS; i++) {
            lines.add(number() + ",row " + i + "," + number() + ","
                    + List.of("red", "green").get(random.nextInt(2)) + "," + random.nextInt(3));
        }
        lines.add("1000,outlier,1,red,0");
        return Files.write(folder.resolve("table.csv"), lines);
    }

    private static RecordReader transformed(Path table) {
        Schema schema = new Schema.Builder()
                .addColumnDouble("width")
                .addColumnString("name")
                .addColumnDouble("height")
                .addColumnCategorical("colour", "red", "green")
                .addColumnInteger("kind")
                .build();
        TransformProcess transform = new TransformProcess.Builder(schema)
                .removeColumns("name")
                .categoricalToOneHot("colour")
                .filter(new ConditionFilter(new DoubleColumnCondition("width", ConditionOp.GreaterThan, 100)))
                .build();
        RecordReader reader = new TransformProcessRecordReader(new CSVRecordReader(1), transform);
        initialize(reader, table);
        return reader;
    }

    private static void initialize(RecordReader reader, Path file) {
        try {
            reader.initialize(new FileSplit(file.toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private enum Normalizer implements Supplier<DataNormalization> {
        STANDARDIZE(NormalizerStandardize::new),
        MIN_MAX(NormalizerMinMaxScaler::new);

        private final Supplier<DataNormalization> create;

        Normalizer(Supplier<DataNormalization> create) {
            this.create = create;
        }

        @Override
        public DataNormalization get() {
            return create.get();
        }
    }

    @ParameterizedTest
    @EnumSource
    void tablesTransformedAndNormalised(Normalizer normalizer) throws IOException {
        Path table = table();
        Supplier<DataSetIterator> data = () -> {
            DataSetIterator batches = new RecordReaderDataSetIterator(transformed(table), 5, 4, 3);
            DataNormalization normalization = normalizer.get();
            normalization.fit(batches);
            batches.setPreProcessor(normalization);
            batches.reset();
            return batches;
        };
        assertThat(data.get().next().getFeatures().size(1)).isEqualTo(4);
        DataType type = normalizer == Normalizer.STANDARDIZE ? DataType.FLOAT : DataType.DOUBLE;
        new Pieces(updater -> network(type, updater, InputType.feedForward(4), dense(6), classes(3)), data).allHold(7);
    }

    @Test
    void tablesWithNumbersToPredict() throws IOException {
        Path table = Files.write(folder.resolve("numbers.csv"), rows(ROWS, 5));
        Supplier<DataSetIterator> data = () -> {
            RecordReader reader = new CSVRecordReader();
            initialize(reader, table);
            DataSetIterator batches = new RecordReaderDataSetIterator(reader, 4, 3, 4, true);
            NormalizerStandardize standardize = new NormalizerStandardize();
            standardize.fitLabel(true);
            standardize.fit(batches);
            batches.setPreProcessor(standardize);
            batches.reset();
            return batches;
        };
        new Pieces(
                        updater -> network(
                                DataType.DOUBLE,
                                updater,
                                InputType.feedForward(3),
                                dense(6),
                                new OutputLayer.Builder(LossFunction.MSE)
                                        .nOut(2)
                                        .activation(Activation.IDENTITY)
                                        .build()),
                        data)
                .allHold(9);
    }

    private List<String> rows(int rows, int columns) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            StringBuilder line = new StringBuilder(number());
            for (int j = 1; j < columns; j++) {
                line.append(',').append(number());
            }
            lines.add(line.toString());
        }
        return lines;
    }

    /** Files with 2 to 6 time steps each; labels for every step, or one for the series. */
    private void series(int count, boolean everyStep) throws IOException {
        for (int i = 0; i < count; i++) {
            int steps = 2 + random.nextInt(5);
            Files.write(folder.resolve("features" + i + ".csv"), rows(steps, 2));
            List<String> labels = new ArrayList<>();
            for (int t = 0; t < (everyStep ? steps : 1); t++) {
                labels.add(String.valueOf(random.nextInt(3)));
            }
            Files.write(folder.resolve("labels" + i + ".csv"), labels);
        }
    }

    private DataSetIterator raw(int count, AlignmentMode mode) {
        return new SequenceRecordReaderDataSetIterator(
                reader("features", count), reader("labels", count), 4, 3, false, mode);
    }

    private DataSetIterator sequences(int count, AlignmentMode mode) {
        return sequences(count, mode, new NormalizerStandardize());
    }

    private DataSetIterator sequences(int count, AlignmentMode mode, DataNormalization normalization) {
        DataSetIterator batches = raw(count, mode);
        normalization.fit(batches);
        batches.setPreProcessor(normalization);
        batches.reset();
        return batches;
    }

    private SequenceRecordReader reader(String name, int count) {
        SequenceRecordReader reader = new CSVSequenceRecordReader();
        try {
            reader.initialize(
                    new NumberedFileInputSplit(folder.resolve(name + "%d.csv").toString(), 0, count - 1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return reader;
    }

    private enum Recurrent {
        LSTM(() -> new LSTM.Builder().nOut(4).build()),
        SIMPLE(() -> new SimpleRnn.Builder().nOut(4).build());

        private final Supplier<Layer> layer;

        Recurrent(Supplier<Layer> layer) {
            this.layer = layer;
        }
    }

    /** Of unequal length, so with masks for features and labels. */
    @ParameterizedTest
    @EnumSource
    void seriesWithALabelForEachStep(Recurrent recurrent) throws IOException {
        series(11, true);
        assertThat(sequences(11, AlignmentMode.ALIGN_START).next().getLabelsMaskArray())
                .isNotNull();
        Pieces pieces = new Pieces(
                updater -> network(
                        DataType.DOUBLE,
                        updater,
                        InputType.recurrent(2),
                        recurrent.layer.get(),
                        dense(5),
                        new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build()),
                () -> sequences(11, AlignmentMode.ALIGN_START));
        pieces.allHold(3);
    }

    /** Of a short series nothing is left in the later parts, where its mask is all zeros. */
    @ParameterizedTest
    @EnumSource
    void seriesInTruncatedParts(Recurrent recurrent) throws IOException {
        series(12, true); // DL4J refuses the mask of one series with one step
        Pieces pieces = new Pieces(
                updater -> {
                    MultiLayerNetwork network = new MultiLayerNetwork(builder(DataType.DOUBLE, updater)
                            .list()
                            .layer(recurrent.layer.get())
                            .layer(dense(5))
                            .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                    .nOut(3)
                                    .activation(Activation.SOFTMAX)
                                    .build())
                            .setInputType(InputType.recurrent(2))
                            .backpropType(BackpropType.TruncatedBPTT)
                            .tBPTTLength(2)
                            .build());
                    network.init();
                    return network;
                },
                () -> sequences(12, AlignmentMode.ALIGN_START));
        pieces.areMeasured(false);
        pieces.areConverted();
        pieces.areRebatched(6, false);
        pieces.followSchedules();
        pieces.takeStochasticBatches();
        pieces.takeAdaGradPresets();
    }

    /** A normaliser may stand before the re-batching iterator or be its own, and it may be fitted on either. */
    @ParameterizedTest
    @EnumSource
    void normalisersBeforeOrBehindTheRebatchingIterator(Normalizer normalizer) throws IOException {
        series(11, true);
        List<DataSet> before = new ArrayList<>();
        rebatched(sequences(11, AlignmentMode.ALIGN_START, normalizer.get())).forEachRemaining(before::add);

        DynamicBatchIterator batches = rebatched(raw(11, AlignmentMode.ALIGN_START));
        DataNormalization normalization = normalizer.get();
        normalization.fit(batches);
        batches.reset();
        batches.setPreProcessor(normalization);
        List<DataSet> behind = new ArrayList<>();
        batches.forEachRemaining(behind::add);

        assertThat(behind).hasSize(3).isEqualTo(before);
    }

    private static DynamicBatchIterator rebatched(DataSetIterator source) {
        return DynamicBatchIterator.builder(source, BatchSchedule.constant(5)).build();
    }

    /** Each example keeps the place that it was read from. */
    @Test
    void metaDataGoAlong() throws IOException {
        Path table = table();
        RecordReaderDataSetIterator batches = new RecordReaderDataSetIterator(transformed(table), 5, 4, 3);
        batches.setCollectMetaData(true);
        List<RecordMetaData> expected = new ArrayList<>();
        batches.forEachRemaining(batch -> expected.addAll(batch.getExampleMetaData(RecordMetaData.class)));
        batches.reset();
        List<RecordMetaData> actual = new ArrayList<>();
        DynamicBatchIterator rebatched =
                DynamicBatchIterator.builder(batches, BatchSchedule.constant(7)).build();
        while (rebatched.hasNext()) {
            DataSet batch = rebatched.next();
            List<RecordMetaData> places = batch.getExampleMetaData(RecordMetaData.class);
            assertThat(places).hasSize(batch.numExamples());
            actual.addAll(places);
        }
        assertThat(actual).hasSize(ROWS).isEqualTo(expected);
    }

    /** The labels' mask leaves the last step alone. */
    @Test
    void seriesWithALabelAtTheEnd() throws IOException {
        series(11, false);
        new Pieces(
                        updater -> network(
                                DataType.DOUBLE,
                                updater,
                                InputType.recurrent(2),
                                new LSTM.Builder().nOut(4).build(),
                                dense(5),
                                new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                        .nOut(3)
                                        .activation(Activation.SOFTMAX)
                                        .build()),
                        () -> sequences(11, AlignmentMode.ALIGN_END))
                .allHold(6);
    }

    private static ComputationGraph twoInputs(IUpdater updater) {
        ComputationGraph graph = new ComputationGraph(builder(DataType.DOUBLE, updater)
                .graphBuilder()
                .addInputs("series", "table")
                .addLayer("recurrent", new LSTM.Builder().nOut(4).build(), "series")
                .addLayer("pooled", new GlobalPoolingLayer.Builder().build(), "recurrent")
                .addLayer("dense", dense(3), "table")
                .addVertex("both", new MergeVertex(), "pooled", "dense")
                .addLayer("out", classes(3), "both")
                .setOutputs("out")
                .setInputTypes(InputType.recurrent(2), InputType.feedForward(3))
                .build());
        graph.init();
        return graph;
    }

    /** A sequence reader and a table side by side, into a graph of two inputs. */
    @Test
    void severalReaders() throws IOException {
        series(13, true);
        List<String> lines = rows(13, 3);
        lines.replaceAll(line -> line + "," + random.nextInt(3));
        Path table = Files.write(folder.resolve("table.csv"), lines);
        Supplier<MultiDataSetIterator> data = () -> {
            RecordReader reader = new CSVRecordReader();
            initialize(reader, table);
            return new RecordReaderMultiDataSetIterator.Builder(5)
                    .addSequenceReader("series", reader("features", 13))
                    .addReader("table", reader)
                    .addInput("series")
                    .addInput("table", 0, 2)
                    .addOutputOneHot("table", 3, 3)
                    .sequenceAlignmentMode(RecordReaderMultiDataSetIterator.AlignmentMode.ALIGN_START)
                    .build();
        };
        new Pieces(DataVecTest::twoInputs, data).allHold(4);
    }

    /** Images that a reader of one's own hands out as arrays, which needs no library for images. */
    @Test
    void arraysAsRecords() {
        List<List<Writable>> records = new ArrayList<>();
        Nd4j.getRandom().setSeed(5);
        for (int i = 0; i < 14; i++) {
            records.add(List.of(
                    new NDArrayWritable(Nd4j.rand(DataType.FLOAT, 1, 2, 6, 6)), new IntWritable(random.nextInt(3))));
        }
        new Pieces(
                        DataVecTest::convolutional,
                        () -> new RecordReaderDataSetIterator(new CollectionRecordReader(records), 4, 1, 3))
                .allHold(6);
    }

    /**
     * Files in folders named after their class, read by OpenCV, which is the user's to bring; jittered by a
     * transformation with a seed.
     */
    @Test
    void imagesFromFiles() throws IOException {
        for (int i = 0; i < 14; i++) {
            BufferedImage image = new BufferedImage(9, 8, BufferedImage.TYPE_INT_RGB);
            for (int p = 0; p < 72; p++) {
                image.setRGB(p % 9, p / 9, random.nextInt(1 << 24));
            }
            Path kind = Files.createDirectories(folder.resolve("kind" + i % 3));
            ImageIO.write(image, "png", kind.resolve(i + ".png").toFile());
        }
        Supplier<DataSetIterator> data = () -> {
            ImageRecordReader reader = new ImageRecordReader(6, 6, 3, new ParentPathLabelGenerator());
            try {
                reader.initialize(
                        new FileSplit(folder.toFile(), NativeImageLoader.ALLOWED_FORMATS, new Random(1)),
                        new FlipImageTransform(new Random(2)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            DataSetIterator batches = new RecordReaderDataSetIterator(reader, 4, 1, 3);
            batches.setPreProcessor(new ImagePreProcessingScaler());
            return batches;
        };
        new Pieces(updater -> convolutional(updater, 3), data).allHold(6);
    }

    private static MultiLayerNetwork convolutional(IUpdater updater) {
        return convolutional(updater, 2);
    }

    private static MultiLayerNetwork convolutional(IUpdater updater, int channels) {
        return network(
                DataType.DOUBLE,
                updater,
                InputType.convolutional(6, 6, channels),
                new ConvolutionLayer.Builder(3, 3).nOut(3).build(),
                new SubsamplingLayer.Builder().build(),
                dense(5),
                classes(3));
    }
}
