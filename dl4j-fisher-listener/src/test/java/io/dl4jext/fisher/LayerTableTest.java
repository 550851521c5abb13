package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.L2Vertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CapsuleLayer;
import org.deeplearning4j.nn.conf.layers.CapsuleStrengthLayer;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.Pooling1D;
import org.deeplearning4j.nn.conf.layers.Pooling2D;
import org.deeplearning4j.nn.conf.layers.PrimaryCapsules;
import org.deeplearning4j.nn.conf.layers.RecurrentAttentionLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToBatchLayer;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.util.IdentityLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The table in docs/layers.md says of every layer and vertex of DL4J what the code says. */
class LayerTableTest {

    private static final Path PAGE = Path.of("..", "docs", "layers.md");
    private static final Pattern ROW = Pattern.compile("^\\| `(\\w+)`(?:, ([^|]+?))? \\| ([^|]+?) \\|.*\\|$");

    private static final InputType VECTORS = InputType.feedForward(4);
    private static final InputType SERIES = InputType.recurrent(2, 5);
    private static final InputType IMAGES = InputType.convolutional(6, 6, 2);
    private static final InputType VOLUMES = InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 4, 4, 4, 2);

    /** Of a class, and of what distinguishes an example of it from others, how it is measured. */
    private final Map<String, String> found = new LinkedHashMap<>();

    private final Set<Class<?>> seen = new HashSet<>();

    @Test
    void theTableSaysWhatTheCodeSays() throws IOException {
        examples();
        Map<String, String> said = new LinkedHashMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                String name = row.group(1) + (row.group(2) == null ? "" : ", " + row.group(2));
                assertThat(said.put(name, row.group(3)))
                        .as("two rows for " + name)
                        .isNull();
            }
        }
        String rows = found.entrySet().stream()
                .map(row -> "| `" + row.getKey().replaceFirst("(?=,|$)", "`") + " | " + row.getValue() + " |")
                .collect(Collectors.joining("\n"));
        assertThat(new TreeMap<>(said))
                .as("%s; the code says\n%s\n", PAGE, rows)
                .isEqualTo(new TreeMap<>(found));
    }

    @Test
    void everyLayerOfDl4jHasAnExample() {
        examples();
        Set<String> names = new TreeSet<>();
        Set<String> without = new TreeSet<>();
        for (Class<?> base : List.of(Layer.class, GraphVertex.class)) {
            for (Class<?> type : ofDl4j(base)) {
                assertThat(names.add(type.getSimpleName()))
                        .as("another class is called %s", type.getSimpleName())
                        .isTrue();
                if (!seen.contains(type)) {
                    without.add(type.getName());
                }
            }
        }
        assertThat(names).hasSizeGreaterThan(70);
        assertThat(without)
                .as("classes of DL4J without an example in this test")
                .isEmpty();
        assertThat(found.keySet().stream().map(row -> row.replaceFirst(",.*", "")))
                .as("rows of classes that DL4J does not have")
                .allMatch(names::contains);
    }

    /** The classes of the base's jar that can be made. */
    private static List<Class<?>> ofDl4j(Class<?> base) {
        List<Class<?>> types = new ArrayList<>();
        try (JarFile jar = new JarFile(
                Path.of(base.getProtectionDomain().getCodeSource().getLocation().toURI())
                        .toFile())) {
            List<String> names = jar.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.matches("org/deeplearning4j/nn/[^$]*\\.class"))
                    .collect(Collectors.toList());
            for (String name : names) {
                Class<?> type = Class.forName(
                        name.replace('/', '.').replaceFirst("\\.class$", ""), false, base.getClassLoader());
                if (base.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
                    types.add(type);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException | ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
        return types;
    }

    private void examples() {
        dense();
        convolutions();
        recurrent();
        wrappers();
        sameDiff();
        withoutParameters();
        vertices();
    }

    private void dense() {
        row("", VECTORS, denseLayer().build());
        row("layer normalisation", VECTORS, denseLayer().hasLayerNorm(true).build());
        row(
                "layer normalisation and weight noise",
                VECTORS,
                denseLayer()
                        .hasLayerNorm(true)
                        .weightNoise(new DropConnect(0.5))
                        .build());
        row("", VECTORS, new OutputLayer.Builder(LossFunction.MSE).nOut(3).build());
        row("", SERIES, new RnnOutputLayer.Builder(LossFunction.MSE).nOut(3).build());
        row(
                "",
                VECTORS,
                new CenterLossOutputLayer.Builder(LossFunction.MSE).nOut(3).build());
        row("", VECTORS, new OCNNOutputLayer.Builder().nIn(4).hiddenLayerSize(2).build());
        row("", VECTORS, new EmbeddingLayer.Builder().nIn(7).nOut(3).build());
        row(
                "",
                SERIES,
                new EmbeddingSequenceLayer.Builder()
                        .nIn(7)
                        .nOut(3)
                        .inputLength(5)
                        .build());
        row("", VECTORS, new AutoEncoder.Builder().nOut(3).build());
        row("", VECTORS, new VariationalAutoencoder.Builder().nOut(3).build());
        row(
                "",
                VECTORS,
                new ElementWiseMultiplicationLayer.Builder().nIn(4).nOut(4).build());
        row("", VECTORS, new PReLULayer.Builder().inputShape(4).build());
        row("", IMAGES, new BatchNormalization());
        row(
                "gamma and beta locked",
                IMAGES,
                new BatchNormalization.Builder().lockGammaBeta(true).build());
    }

    private void convolutions() {
        row("", IMAGES, new ConvolutionLayer.Builder(2, 2).nOut(3).build());
        otherName(
                Convolution2D.class,
                IMAGES,
                new Convolution2D.Builder(2, 2).nOut(3).build());
        row("", SERIES, new Convolution1DLayer.Builder(2).nOut(3).build());
        otherName(
                Convolution1D.class,
                SERIES,
                new Convolution1D.Builder(2).nOut(3).build());
        row("", VOLUMES, new Convolution3D.Builder(2, 2, 2).nOut(3).build());
        row("", IMAGES, new Deconvolution2D.Builder(2, 2).nOut(3).build());
        row(
                "",
                VOLUMES,
                new Deconvolution3D.Builder().kernelSize(2, 2, 2).nOut(3).build());
        row("", IMAGES, new DepthwiseConvolution2D.Builder(2, 2).build());
        row("", IMAGES, new SeparableConvolution2D.Builder(2, 2).nOut(3).build());
        row(
                "weight noise",
                IMAGES,
                new SeparableConvolution2D.Builder(2, 2)
                        .nOut(3)
                        .weightNoise(new DropConnect(0.5))
                        .build());
        row(
                "",
                SERIES,
                new LocallyConnected1D.Builder()
                        .kernelSize(2)
                        .nOut(3)
                        .setInputSize(5)
                        .activation(Activation.TANH)
                        .build());
        row(
                "",
                IMAGES,
                new LocallyConnected2D.Builder()
                        .kernelSize(2, 2)
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build());
        row(
                "softmax",
                IMAGES,
                new LocallyConnected2D.Builder()
                        .kernelSize(2, 2)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build());
    }

    private void recurrent() {
        row("", SERIES, rnn().build());
        row("layer normalisation", SERIES, rnn().hasLayerNorm(true).build());
        row("", SERIES, lstm().build());
        row("", SERIES, new GravesLSTM.Builder().nOut(3).build());
        row(
                "weight noise",
                SERIES,
                new GravesLSTM.Builder()
                        .nOut(3)
                        .weightNoise(new DropConnect(0.5))
                        .build());
        row("", SERIES, new GravesBidirectionalLSTM.Builder().nOut(3).build());
    }

    private void wrappers() {
        row("of LSTM, GravesLSTM or SimpleRnn", SERIES, new Bidirectional(lstm().build()));
        row(
                "of another layer",
                SERIES,
                new Bidirectional(new GravesBidirectionalLSTM.Builder().nOut(3).build()));
        row(
                "with dropout inside",
                SERIES,
                new Bidirectional(lstm().dropOut(new Dropout(0.5)).build()));
        row("of a layer that is direct", SERIES, new LastTimeStep(lstm().build()));
        row(
                "of a layer that is replayed",
                SERIES,
                new LastTimeStep(new GravesBidirectionalLSTM.Builder().nOut(3).build()));
        row("of a layer that is direct", SERIES, new MaskZeroLayer(rnn().build(), 0));
        row(
                "of a layer that is replayed",
                SERIES,
                new MaskZeroLayer(new GravesBidirectionalLSTM.Builder().nOut(3).build(), 0));
        row("of a dense layer", SERIES, new TimeDistributed(denseLayer().build()));
        row(
                "of another layer",
                SERIES,
                new TimeDistributed(denseLayer().hasLayerNorm(true).build()));
        row("", VECTORS, new FrozenLayer(denseLayer().build()));
        row("", VECTORS, new FrozenLayerWithBackprop(denseLayer().build()));
    }

    private void sameDiff() {
        row(
                "",
                SERIES,
                new SelfAttentionLayer.Builder()
                        .nOut(4)
                        .nHeads(2)
                        .projectInput(true)
                        .build());
        row(
                "",
                SERIES,
                new LearnedSelfAttentionLayer.Builder()
                        .nOut(4)
                        .nHeads(2)
                        .nQueries(2)
                        .projectInput(true)
                        .build());
        row(
                "",
                SERIES,
                new RecurrentAttentionLayer.Builder()
                        .nIn(2)
                        .nOut(4)
                        .nHeads(1)
                        .headSize(4)
                        .activation(Activation.TANH)
                        .build());
        row(
                "",
                IMAGES,
                new PrimaryCapsules.Builder(2, 2).kernelSize(2, 2).stride(1, 1).build());
        row("", InputType.recurrent(4, 5), new CapsuleLayer.Builder(3, 2, 2).build());
        row("", InputType.recurrent(4, 5), new CapsuleStrengthLayer.Builder().build());
    }

    private void withoutParameters() {
        row("", VECTORS, new ActivationLayer(Activation.TANH));
        row("", VECTORS, new DropoutLayer(0.5));
        row("", VECTORS, new IdentityLayer());
        row("", VECTORS, new RepeatVector.Builder<>(3).build());
        row("", VECTORS, new LossLayer.Builder(LossFunction.MSE).build());
        row("", SERIES, new RnnLossLayer.Builder(LossFunction.MSE).build());
        row("", IMAGES, new CnnLossLayer.Builder(LossFunction.MSE).build());
        row(
                "",
                VOLUMES,
                new Cnn3DLossLayer.Builder(Convolution3D.DataFormat.NCDHW)
                        .lossFunction(LossFunction.MSE)
                        .build());
        row(
                "",
                IMAGES,
                new Yolo2OutputLayer.Builder()
                        .boundingBoxPriors(Nd4j.ones(1, 2))
                        .build());
        row("", IMAGES, new GlobalPoolingLayer());
        row("", IMAGES, new SubsamplingLayer.Builder().build());
        otherName(Pooling2D.class, IMAGES, new Pooling2D.Builder().build());
        row("", SERIES, new Subsampling1DLayer.Builder().build());
        otherName(Pooling1D.class, SERIES, new Pooling1D.Builder().build());
        row("", VOLUMES, new Subsampling3DLayer.Builder().build());
        row("", SERIES, new Upsampling1D.Builder(2).build());
        row("", IMAGES, new Upsampling2D.Builder(2).build());
        row("", VOLUMES, new Upsampling3D.Builder(2).build());
        row("", SERIES, new ZeroPadding1DLayer(1));
        row("", IMAGES, new ZeroPaddingLayer(1, 1));
        row("", VOLUMES, new ZeroPadding3DLayer.Builder(1, 1, 1).build());
        row("", SERIES, new Cropping1D(1));
        row("", IMAGES, new Cropping2D(1, 1));
        row("", VOLUMES, new Cropping3D.Builder(1, 1, 1).build());
        row("", IMAGES, new LocalResponseNormalization());
        row("", IMAGES, new SpaceToBatchLayer.Builder<>(new int[] {2, 2}).build());
        row("", IMAGES, new SpaceToDepthLayer.Builder<>(2).build());
        row("", SERIES, new MaskLayer());
    }

    private void vertices() {
        row(attention());
        row(new FrozenVertex(attention()));
        row(new ElementWiseVertex(ElementWiseVertex.Op.Add));
        row(new L2NormalizeVertex());
        row(new L2Vertex());
        row(new MergeVertex());
        row(new PoolHelperVertex());
        row(new PreprocessorVertex(new CnnToFeedForwardPreProcessor()));
        row(new ReshapeVertex(-1, 2));
        row(new ScaleVertex(2));
        row(new ShiftVertex(2));
        row(new StackVertex());
        row(new SubsetVertex(0, 1));
        row(new UnstackVertex(0, 2));
        row(new DuplicateToTimeSeriesVertex("in"));
        row(new LastTimeStepVertex("in"));
        row(new ReverseTimeSeriesVertex("in"));
        seen.add(LayerVertex.class);
        found.put("LayerVertex", "as its layer");
    }

    private static AttentionVertex attention() {
        return new AttentionVertex.Builder()
                .nInKeys(2)
                .nInQueries(2)
                .nInValues(2)
                .nOut(2)
                .nHeads(1)
                .headSize(2)
                .projectInput(true)
                .build();
    }

    private static DenseLayer.Builder denseLayer() {
        return new DenseLayer.Builder().nOut(3);
    }

    private static SimpleRnn.Builder rnn() {
        return new SimpleRnn.Builder().nOut(3);
    }

    private static LSTM.Builder lstm() {
        return new LSTM.Builder().nOut(3);
    }

    private void row(String what, InputType inputs, Layer layer) {
        add(layer.getClass(), what, contribution(inputs, layer));
    }

    private static LayerContribution contribution(InputType inputs, Layer layer) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(layer)
                .validateOutputLayerConfig(false)
                .setInputType(inputs)
                .build());
        network.init();
        return LayerContribution.of(network).get(0);
    }

    /** A class whose builder makes layers of the class that it extends. */
    private void otherName(Class<?> type, InputType inputs, Layer layer) {
        assertThat(layer.getClass()).isEqualTo(type.getSuperclass());
        add(type, "", contribution(inputs, layer));
    }

    /** A vertex that takes three times the same series, or as many as it can. */
    private void row(GraphVertex vertex) {
        if (vertex.numParams(true) == 0) {
            seen.add(vertex.getClass());
            found.put(vertex.getClass().getSimpleName(), "no parameters");
            return;
        }
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addVertex("vertex", vertex, "in", "in", "in")
                .setOutputs("vertex")
                .validateOutputLayerConfig(false)
                .setInputTypes(SERIES)
                .build());
        graph.init();
        List<LayerContribution> contributions = LayerContribution.of(graph);
        add(vertex.getClass(), "", contributions.get(contributions.size() - 1));
    }

    private void add(Class<?> type, String what, LayerContribution contribution) {
        seen.add(type);
        String row = type.getSimpleName() + (what.isEmpty() ? "" : ", " + what);
        assertThat(found.put(row, said(contribution))).as(row).isNull();
    }

    private static String said(LayerContribution contribution) {
        if (contribution.parameters() == 0) {
            return "no parameters";
        }
        return contribution.kind().name().toLowerCase(Locale.ROOT)
                + contribution.reason().map(reason -> " (" + reason + ")").orElse("");
    }
}
