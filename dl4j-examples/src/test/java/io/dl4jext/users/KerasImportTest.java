package io.dl4jext.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.LayerContribution;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.modelimport.keras.KerasModelImport;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** Networks from files of Keras 2, which a README beside them tells of, with each piece. */
class KerasImportTest {

    private enum Imported {
        DENSE(true, 6),
        CONVOLUTION(true, 8, 8, 2),
        CONVOLUTION_NORMALISED(true, 8, 8, 2),
        TEXT(true, 7),
        MASKED(true, 7),
        BRANCHES(false, 6),
        NORMALISED(false, 6),
        TWO_INPUTS(false, 7, 4);

        private final boolean sequential;
        private final long[] shape;

        Imported(boolean sequential, long... shape) {
            this.sequential = sequential;
            this.shape = shape;
        }

        private boolean normalises() {
            return this == CONVOLUTION_NORMALISED || this == NORMALISED;
        }

        private Model load() {
            String name = "keras/" + name().toLowerCase().replace('_', '-') + ".h5";
            try {
                String file = new File(KerasImportTest.class.getResource(name).toURI()).getPath();
                return sequential
                        ? KerasModelImport.importKerasSequentialModelAndWeights(file)
                        : KerasModelImport.importKerasModelAndWeights(file);
            } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
            } catch (Exception e) {
                throw new AssertionError("DL4J cannot import " + name, e);
            }
        }

        private INDArray features(int rows, Random random) {
            long[] whole = new long[shape.length + 1];
            whole[0] = rows;
            System.arraycopy(shape, 0, whole, 1, shape.length);
            INDArray features = Nd4j.create(DataType.FLOAT, whole);
            for (long i = 0; i < features.length(); i++) {
                features.putScalar(i, this == TEXT || this == MASKED ? random.nextInt(11) : random.nextGaussian());
            }
            return features;
        }
    }

    /**
     * The imported network with another updater and data type. Every layer that DL4J imports has a Dropout(1.0), with
     * which its convolution in NHWC fails; and DL4J's FineTuneConfiguration leaves the layer within a LastTimeStep as
     * it is.
     */
    private static Model tuned(Imported imported, DataType type, IUpdater updater) {
        Model loaded = imported.load();
        if (loaded instanceof MultiLayerNetwork) {
            MultiLayerNetwork network = ((MultiLayerNetwork) loaded).convertDataType(type);
            MultiLayerConfiguration configuration = network.getLayerWiseConfigurations();
            configuration.getConfs().forEach(layer -> tune(layer.getLayer(), updater));
            MultiLayerNetwork tuned = new MultiLayerNetwork(configuration);
            tuned.init(network.params(), true);
            return tuned;
        }
        ComputationGraph graph = ((ComputationGraph) loaded).convertDataType(type);
        ComputationGraphConfiguration configuration = graph.getConfiguration();
        configuration.getVertices().values().stream()
                .filter(vertex -> vertex instanceof LayerVertex)
                .forEach(vertex -> tune(((LayerVertex) vertex).getLayerConf().getLayer(), updater));
        ComputationGraph tuned = new ComputationGraph(configuration);
        tuned.init(graph.params(), true);
        return tuned;
    }

    private static void tune(Layer layer, IUpdater updater) {
        layer.setIDropout(null);
        if (layer instanceof BaseWrapperLayer) {
            tune(((BaseWrapperLayer) layer).getUnderlying(), updater);
        } else if (layer instanceof BaseLayer) {
            ((BaseLayer) layer).setIUpdater(updater.clone());
        }
    }

    /** Mini-batches of 5, 5 and 3. */
    private static List<MultiDataSet> batches(Imported imported) {
        Random random = new Random(8);
        List<MultiDataSet> batches = new ArrayList<>();
        for (int rows : new int[] {5, 5, 3}) {
            INDArray labels = Nd4j.create(DataType.FLOAT, rows, 3);
            for (int i = 0; i < rows; i++) {
                labels.putScalar(i, random.nextInt(3), 1);
            }
            INDArray[] features = imported == Imported.TWO_INPUTS
                    ? new INDArray[] {imported.features(rows, random), Imported.DENSE.features(rows, random)}
                    : new INDArray[] {imported.features(rows, random)};
            batches.add(new MultiDataSet(features, new INDArray[] {labels}));
        }
        return batches;
    }

    private static Object data(Imported imported) {
        List<MultiDataSet> batches = batches(imported);
        if (!imported.sequential) {
            return new MultiBatches(batches);
        }
        return new ExistingDataSetIterator(batches.stream()
                .map(batch -> new DataSet(batch.getFeatures(0), batch.getLabels(0)))
                .collect(Collectors.toList()));
    }

    /**
     * With the file's updater, and with the Dropout(1.0) that DL4J adds to every layer, where DL4J itself can train
     * that.
     */
    @ParameterizedTest
    @EnumSource
    void areMeasuredAsTheyAreImported(Imported imported) {
        Model plain = imported.load();
        try {
            Pieces.fit(plain, data(imported), 2);
        } catch (RuntimeException e) {
            abort(imported + ": DL4J cannot train what it has imported: " + e);
        }
        FisherListener fisher = Pieces.listener();
        Model watched = imported.load();
        assertThat(LayerContribution.of(watched)).noneMatch(layer -> layer.kind() == LayerContribution.Kind.REFUSED);
        watched.addListeners(fisher);
        Pieces.fit(watched, data(imported), 2);
        Pieces.assertSameParameters(watched, plain);
        assertThat(fisher.history().measurements()).hasSize(6).allSatisfy(measurement -> {
            assertThat(measurement.learningRate()).isCloseTo(0.05, within(1e-7));
            assertThat(measurement.trace()).isPositive();
        });
    }

    @ParameterizedTest
    @EnumSource
    @Tag("slow")
    void areMeasuredInSinglePrecision(Imported imported) {
        MultiDataSet batch = batches(imported).get(0);
        INDArray exact = SampleLoop.gradient(tuned(imported, DataType.DOUBLE, new Sgd(0.1)), batch);
        INDArray single = SampleLoop.gradient(tuned(imported, DataType.FLOAT, new Sgd(0.1)), batch);
        assertThat(exact.dataType()).isEqualTo(DataType.DOUBLE);
        double error = single.castTo(DataType.DOUBLE).distance2(exact)
                / exact.norm2Number().doubleValue();
        assumeTrue(
                error < 1e-3,
                () -> imported + ": DL4J's own gradient in FLOAT is wrong by " + error
                        + ", as it is for relu in NHWC with oneDNN on 1.0.0-M2.1");
        new Pieces(updater -> tuned(imported, DataType.FLOAT, updater), () -> data(imported))
                .areMeasured(!imported.normalises());
    }

    @ParameterizedTest
    @EnumSource
    void everyPieceHolds(Imported imported) {
        Pieces pieces = new Pieces(updater -> tuned(imported, DataType.DOUBLE, updater), () -> data(imported));
        pieces.areMeasured(!imported.normalises());
        Model implicit = pieces.areConverted().result();
        Model restored = restored(implicit);
        Pieces.fit(implicit, data(imported), 1);
        Pieces.fit(restored, data(imported), 1);
        Pieces.assertSameParameters(restored, implicit);
        pieces.areRebatched(7, !imported.normalises());
        pieces.followSchedules();
        pieces.takeStochasticBatches();
        pieces.takeAdaGradPresets();
    }

    private static Model restored(Model model) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ModelSerializer.writeModel(model, bytes, true);
            ByteArrayInputStream saved = new ByteArrayInputStream(bytes.toByteArray());
            return model instanceof MultiLayerNetwork
                    ? ModelSerializer.restoreMultiLayerNetwork(saved, true)
                    : ModelSerializer.restoreComputationGraph(saved, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
