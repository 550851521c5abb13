package io.dl4jext.fisher;

import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** A small network with data that fit it. */
final class Case {

    private final String name;
    private final Function<Setting, Model> network;
    private final Function<Setting, MultiDataSet> data;
    private final boolean separable;
    private final Predicate<Setting> runsUnder;

    private Case(
            String name,
            Function<Setting, Model> network,
            Function<Setting, MultiDataSet> data,
            boolean separable,
            Predicate<Setting> runsUnder) {
        this.name = name;
        this.network = network;
        this.data = data;
        this.separable = separable;
        this.runsUnder = runsUnder;
    }

    /** A stack of layers, as a MultiLayerNetwork or (by the setting) the same as a ComputationGraph. */
    static Case layers(
            String name, Consumer<NeuralNetConfiguration.ListBuilder> layers, Function<Setting, MultiDataSet> data) {
        return layers(name, UnaryOperator.identity(), (list, setting) -> layers.accept(list), data);
    }

    static Case layers(
            String name,
            UnaryOperator<NeuralNetConfiguration.Builder> global,
            BiConsumer<NeuralNetConfiguration.ListBuilder, Setting> layers,
            Function<Setting, MultiDataSet> data) {
        return new Case(
                name,
                setting -> {
                    NeuralNetConfiguration.ListBuilder list =
                            global.apply(base(setting)).list();
                    layers.accept(list, setting);
                    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
                    network.init();
                    network.setParams(parameters(setting, network));
                    return setting.graph ? asGraph(network, global.apply(base(setting))) : network;
                },
                data,
                true,
                setting -> true);
    }

    /** The same network as a graph. (DL4J's own conversion forgets seed, workspace modes and mini-batch division.) */
    static ComputationGraph asGraph(MultiLayerNetwork network, NeuralNetConfiguration.Builder global) {
        MultiLayerConfiguration layers = network.getLayerWiseConfigurations().clone();
        GraphBuilder builder = global.graphBuilder().addInputs("in");
        String last = "in";
        for (int i = 0; i < layers.getConfs().size(); i++) {
            String name = String.valueOf(i);
            builder.addLayer(name, layers.getConf(i).getLayer(), layers.getInputPreProcess(i), last);
            last = name;
        }
        builder.setOutputs(last)
                .backpropType(layers.getBackpropType())
                .tBPTTForwardLength(layers.getTbpttFwdLength())
                .tBPTTBackwardLength(layers.getTbpttBackLength());
        ComputationGraph graph = new ComputationGraph(builder.build());
        graph.init();
        graph.setParams(network.params());
        return graph;
    }

    static Case graph(String name, Consumer<GraphBuilder> vertices, Function<Setting, MultiDataSet> data) {
        return new Case(
                name,
                setting -> {
                    GraphBuilder builder = base(setting).graphBuilder();
                    vertices.accept(builder);
                    ComputationGraph graph = new ComputationGraph(builder.build());
                    graph.init();
                    graph.setParams(parameters(setting, graph));
                    return graph;
                },
                data,
                true,
                setting -> true);
    }

    /** A case whose samples cannot be passed one by one with the same result: random or coupled. */
    Case inseparable() {
        return new Case(name, network, data, false, runsUnder);
    }

    /** A case that DL4J itself runs under some settings only. */
    Case only(Predicate<Setting> settings) {
        return new Case(name, network, data, separable, settings);
    }

    /** One of many alike: a DOUBLE and a FLOAT setting, a stack and a graph, are enough. */
    Case briefly() {
        return only(setting -> setting.batch == 5 && runsUnder.test(setting));
    }

    /** A case whose forward pass fails in DL4J 1.0.0-beta7, watched or not. */
    Case notOnBeta7() {
        return only(setting -> !Dl4jVersion.isBeta7() && runsUnder.test(setting));
    }

    boolean runsUnder(Setting setting) {
        return runsUnder.test(setting);
    }

    /** Whether a loop over single samples gives the same gradients. */
    boolean separable() {
        return separable;
    }

    Model network(Setting setting) {
        return network.apply(setting);
    }

    MultiDataSet data(Setting setting) {
        return data.apply(setting);
    }

    static NeuralNetConfiguration.Builder base(Setting setting) {
        return new NeuralNetConfiguration.Builder()
                .seed(setting.seed)
                .dataType(setting.type)
                .trainingWorkspaceMode(setting.workspaces)
                .inferenceWorkspaceMode(setting.workspaces)
                .updater(new Sgd(0.1));
    }

    /** DL4J's initial parameters plus noise, so that no bias is 0. */
    private static INDArray parameters(Setting setting, Model model) {
        INDArray parameters = model.params();
        return parameters.add(new Draw(setting.type, setting.seed + 1000).uniform(0.02, 0.2, parameters.shape()));
    }

    @Override
    public String toString() {
        return name;
    }
}
