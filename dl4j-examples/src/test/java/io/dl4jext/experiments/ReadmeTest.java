package io.dl4jext.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.adagrad.AdaGradListener;
import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.baseline.DepthDropout;
import io.dl4jext.batch.BatchSchedule;
import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.LastBatch;
import io.dl4jext.batch.control.BatchController;
import io.dl4jext.batch.control.NormTest;
import io.dl4jext.batch.update.RateCoupling;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.data.RandomImages;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherProbe;
import io.dl4jext.fisher.chart.FisherChart;
import io.dl4jext.fisher.sink.CsvSink;
import io.dl4jext.fisher.sink.JsonLinesSink;
import io.dl4jext.fisher.sink.LogSink;
import io.dl4jext.gradientcheck.Difference;
import io.dl4jext.gradientcheck.GradientCheck;
import io.dl4jext.gradientcheck.GradientCheckResult;
import io.dl4jext.implicit.Conversion;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitDenseLayer;
import io.dl4jext.implicit.ImplicitOutputLayer;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.implicit.activation.ActivationArcTan;
import io.dl4jext.schedule.BatchMomentumSchedule;
import io.dl4jext.schedule.LinearDecaySchedule;
import io.dl4jext.schedule.MultiStepSchedule;
import io.dl4jext.schedule.SigmoidAnnealingSchedule;
import io.dl4jext.schedule.WarmUpSchedule;
import io.dl4jext.stochastic.StochasticBatch;
import io.dl4jext.stochastic.StochasticBatchListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** The Java snippets of README and docs stand here too, where they are compiled and run; their commands are parsed. */
class ReadmeTest {

    private static final Path PROJECT = Path.of("..");
    private static final Path THIS = Path.of("src/test/java/io/dl4jext/experiments/ReadmeTest.java");

    private static final Pattern IMPORTS = Pattern.compile("\\A(?:import [\\w.]+;\n)+");

    /** What every reader has. */
    private static final String GIVEN = "org.deeplearning4j.nn.multilayer.MultiLayerNetwork network, regularised;"
            + "org.nd4j.linalg.dataset.api.iterator.DataSetIterator iterator;"
            + "org.nd4j.linalg.dataset.DataSet dataSet; int epochs; java.nio.file.Path folder;";

    @TempDir
    Path folder;

    private final MultiLayerNetwork network =
            (MultiLayerNetwork) Architecture.MLP.create(new ImageShape(1, 4, 4), 3, new Sgd(0.1), 1, DataType.FLOAT);
    private final DataSetIterator iterator =
            BatchIterator.inOrder(RandomImages.of(new ImageShape(1, 4, 4), 3, 40, 1), Layout.FLAT, 8);

    @Test
    void twoLines() {
        FisherListener fisher = new FisherListener.Builder().sink(new LogSink()).build();
        network.addListeners(fisher);

        network.fit(iterator, 1);
        assertThat(fisher.history().measurements()).hasSize(1);
    }

    @Test
    void filesAndPictures() throws IOException {
        int epochs = 2;
        FisherListener fisher = new FisherListener.Builder()
                .everyIterations(10) // default 50
                .denseForFirst(1) // every iteration of the first epoch
                .sink(new CsvSink(folder.resolve("run.csv"))) // one row a measurement
                .sink(new JsonLinesSink(folder.resolve("run.jsonl"))) // with the whole spectrum
                .build();
        network.addListeners(fisher);
        network.fit(iterator, epochs);
        fisher.close();
        FisherChart.plane().add("s32-lr0.1", fisher.history()).build().writePng(folder.resolve("plane.png"));

        assertThat(fisher.history().measurements()).hasSize(5);
        assertThat(folder.resolve("run.csv")).isNotEmptyFile();
        assertThat(folder.resolve("run.jsonl")).isNotEmptyFile();
        assertThat(folder.resolve("plane.png")).isNotEmptyFile();
    }

    @Test
    void probe() {
        DataSet dataSet = iterator.next();
        FisherMeasurement measurement = FisherProbe.measure(network, dataSet);
        double[] eigenvalues = measurement.eigenvalues();

        assertThat(eigenvalues).hasSize(8);
    }

    @Test
    void implicit() {
        MultiLayerNetwork implicit =
                ImplicitBackprop.convert(network, new ImplicitSgd(0.5)).result();
        implicit.fit(iterator);

        assertThat(implicit.getLayerWiseConfigurations().getConf(0).getLayer()).isInstanceOf(ImplicitDenseLayer.class);
        assertThat(implicit.score()).isFinite();
    }

    @Test
    void implicitLayers() {
        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                .updater(ImplicitSgd.builder().learningRate(0.5).mu(1e-4).build())
                .list()
                .layer(new ImplicitDenseLayer.Builder()
                        .nIn(16)
                        .nOut(50)
                        .activation(new ActivationArcTan())
                        .build())
                .layer(new ImplicitOutputLayer.Builder(LossFunction.MCXENT)
                        .layerActivation(Activation.RELU) // a relu layer under the softmax; default: linear
                        .nIn(50)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build();

        MultiLayerNetwork own = new MultiLayerNetwork(configuration);
        own.init();
        own.fit(iterator);
        assertThat(own.score()).isFinite();
    }

    @Test
    void implicitConversion() {
        Conversion<MultiLayerNetwork> conversion = ImplicitBackprop.convert(
                network, ImplicitSgd.builder().rule(new Adam(1e-2)).build());
        System.out.println(conversion.summary());
        conversion.result().fit(iterator);

        assertThat(conversion.leftExplicit()).isEmpty();
    }

    @Test
    void batchSchedule() {
        int epochs = 5;
        DynamicBatchIterator batches = DynamicBatchIterator.of(iterator, BatchSchedule.named("s16-to-64", epochs))
                .build();
        batches.attachTo(network);
        network.fit(batches, epochs);

        assertThat(network.getIterationCount()).isEqualTo(3 + 3 + 2 + 2 + 1);
    }

    @Test
    void virtualBatches() {
        DynamicBatchIterator large = DynamicBatchIterator.of(iterator, BatchSchedule.constant(40))
                .maxExamplesInMemory(16) // three passes, one update: the batch of 40, in less memory
                .learningRate(RateCoupling.squareRoot(8)) // the network's rate is meant for batches of 8
                .lastBatch(LastBatch.CARRY) // what fills no batch goes to the next epoch; or KEEP, DROP
                .build();
        large.attachTo(network);
        network.fit(large, 2);

        assertThat(network.score()).isFinite();
    }

    @Test
    void batchController() {
        BatchController control = new BatchController.Builder(new NormTest())
                .initialSize(8)
                .bounds(8, 40)
                .build();
        FisherListener fisher =
                new FisherListener.Builder().everyIterations(2).sink(control).build();
        network.addListeners(fisher);
        DynamicBatchIterator controlled =
                DynamicBatchIterator.of(iterator, control).build();
        controlled.attachTo(network);
        network.fit(controlled, 2);
        control.log().forEach(System.out::println); // every request, and what became of it

        assertThat(control.log()).isNotEmpty();
    }

    @Test
    void stochasticBatch() throws IOException {
        int epochs = 2;
        MultiLayerConfiguration stochastic = new NeuralNetConfiguration.Builder()
                .updater(new StochasticBatch(0.1))
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(16)
                        .nOut(20)
                        .activation(Activation.RELU)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(20)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build();
        MultiLayerNetwork regularised = new MultiLayerNetwork(stochastic);
        regularised.init();
        StochasticBatchListener listener = StochasticBatchListener.attach(regularised);
        regularised.fit(iterator, epochs);
        listener.statistics().writePng(folder.resolve("updates.png"));

        assertThat(folder.resolve("updates.png")).isNotEmptyFile();
    }

    @Test
    void adaGrad() {
        MultiLayerConfiguration adaGrad = new NeuralNetConfiguration.Builder()
                .updater(AdaGradPresets.pyTorch().learningRate(0.05).build())
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(16)
                        .nOut(20)
                        .activation(Activation.RELU)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(20)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build();

        MultiLayerNetwork own = new MultiLayerNetwork(adaGrad);
        own.init();
        own.fit(iterator);
        assertThat(own.score()).isFinite();
    }

    @Test
    void adaGradAndSchedule() {
        IUpdater adaGrad = AdaGradPresets.pyTorch().learningRate(0.05).build(); // or keras(), optax(), paper3(), ...
        ISchedule rate = new SigmoidAnnealingSchedule(ScheduleType.EPOCH, 0.1, 1e-3, 100); // for any DL4J updater

        assertThat(adaGrad.getLearningRate(0, 0)).isEqualTo(0.05);
        assertThat(rate.valueAt(0, 0)).isCloseTo(0.1, within(1e-9));
        assertThat(rate.valueAt(0, 99)).isBetween(0.001, 0.002);
    }

    @Test
    void adaGradListener() {
        IUpdater norm = AdaGradPresets.norm().learningRate(0.1).build();
        MultiLayerNetwork network =
                (MultiLayerNetwork) Architecture.MLP.create(new ImageShape(1, 4, 4), 3, norm, 1, DataType.FLOAT);
        AdaGradListener.attach(network);

        network.fit(iterator);
        assertThat(network.score()).isFinite();
    }

    @Test
    void schedules() {
        ISchedule linear = new LinearDecaySchedule(ScheduleType.EPOCH, 0.1, 1e-4, 10); // paper 3's eq. 5
        ISchedule sigmoid = new SigmoidAnnealingSchedule(ScheduleType.EPOCH, 0.1, 1e-3, 100); // paper 2
        ISchedule steps = MultiStepSchedule.atFractions(ScheduleType.EPOCH, 0.1, 0.1, 100, 0.5, 0.75);
        ISchedule warm = new WarmUpSchedule(ScheduleType.EPOCH, 5, 0.1, steps); // in front of any schedule
        ISchedule momentum = new BatchMomentumSchedule(new FixedSchedule(64)); // 0.6: paper 2's pairing

        assertThat(linear.valueAt(0, 10)).isEqualTo(1e-4);
        assertThat(sigmoid.valueAt(0, 99)).isEqualTo(1e-3);
        assertThat(warm.valueAt(0, 0)).isEqualTo(0.1 * 0.1);
        assertThat(momentum.valueAt(0, 0)).isCloseTo(0.6, within(1e-12));
    }

    @Test
    void depthDropout() {
        MultiLayerConfiguration dropped = DepthDropout.apply(network.getLayerWiseConfigurations(), 0.5);

        assertThat(dropped.getConf(1).getLayer().getIDropout()).isInstanceOf(DepthDropout.class);
    }

    @Test
    void gradientCheck() {
        GradientCheckResult check = new GradientCheck.Builder().build().check(network, iterator.next());
        System.out.println(check.table()); // forward, backward, central; mean, median, 95 %, max
        System.out.println(check.of(Difference.CENTRAL).histogram()); // of the relative errors, by decade

        assertThat(check.of(Difference.CENTRAL).median()).isLessThan(1e-6);
    }

    @Test
    void stochasticBatchSettings() {
        StochasticBatch settings = StochasticBatch.builder()
                .learningRateSchedule(new SigmoidAnnealingSchedule(ScheduleType.EPOCH, 0.1, 0.001, 100))
                .alpha(0.1) // within a group of parameters: larger gradients are updated sooner
                .lambda(-2) // across groups: those with larger gradients are updated later; the paper has -4
                .momentum(0.9)
                .build();

        assertThat(settings.getLearningRate(0, 99)).isCloseTo(0.001, within(1e-12));
    }

    @Test
    void everyJavaSnippetStandsInThisFile() throws IOException {
        String source = squeezed(Files.readString(THIS));
        List<String> snippets = blocks("java");
        assertThat(snippets).hasSizeGreaterThanOrEqualTo(16);
        assertThat(snippets)
                .allSatisfy(snippet -> assertThat(source)
                        .contains(squeezed(IMPORTS.matcher(snippet).replaceAll(""))));
    }

    /** With its own imports only, and what its reader has: see GIVEN. */
    @Test
    void everyJavaSnippetCompilesByItself() throws IOException {
        List<String> snippets = blocks("java");
        List<String> command = new ArrayList<>(
                List.of("-proc:none", "-d", folder.toString(), "-classpath", System.getProperty("java.class.path")));
        for (int i = 0; i < snippets.size(); i++) {
            String body = IMPORTS.matcher(snippets.get(i)).replaceAll("");
            String imports = snippets.get(i).substring(0, snippets.get(i).length() - body.length());
            assertThat(snippets.get(i)).startsWith(imports);
            Path file = folder.resolve("Snippet" + i + ".java");
            Files.writeString(
                    file,
                    imports + "class Snippet" + i + " {" + GIVEN + " void run() throws Exception {" + body + "}}");
            command.add(file.toString());
        }
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, errors, command.toArray(new String[0]));
        assertThat(status).as(errors.toString()).isZero();
    }

    /** The build's profile "consumers" resolves and runs that project. */
    @Test
    void theDependencySnippetIsThatOfTheProjectThatIsRun() throws IOException {
        List<String> snippets = blocks("xml");
        assertThat(snippets).hasSize(1);
        assertThat(squeezed(Files.readString(Path.of("src/it/readme/pom.xml")))).contains(squeezed(snippets.get(0)));
    }

    @Test
    void everyCommandParses() throws IOException {
        Matcher arguments = Pattern.compile("exec:exec -Dargs=(?:\"([^\"]*)\"|(\\S+?)(?=[`\\s]))")
                .matcher(allPages());
        List<String> commands = new ArrayList<>();
        while (arguments.find()) {
            commands.add(arguments.group(1) != null ? arguments.group(1) : arguments.group(2));
        }
        assertThat(commands).hasSizeGreaterThanOrEqualTo(3);
        assertThat(commands).allSatisfy(command -> Main.commandLine().parseArgs(command.split(" ")));
    }

    @Test
    void everyLinkedFileExists() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path page : pages()) {
            Matcher links = Pattern.compile("\\]\\((?!https?:|#)([^)]+)\\)").matcher(Files.readString(page));
            while (links.find()) {
                files.add(page.resolveSibling(links.group(1)));
            }
        }
        assertThat(files).isNotEmpty().allSatisfy(file -> assertThat(file).exists());
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(PROJECT.resolve("README.md")));
        try (Stream<Path> docs = Files.list(PROJECT.resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    private static String allPages() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path page : pages()) {
            text.append(Files.readString(page));
        }
        return text.toString();
    }

    private static List<String> blocks(String language) throws IOException {
        Matcher matcher =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(allPages());
        List<String> blocks = new ArrayList<>();
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }

    /** Without white space, which the formatter may set otherwise here. */
    private static String squeezed(String code) {
        return code.replaceAll("\\s", "");
    }
}
