package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.Cell;
import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.DataSet;
import io.dl4jext.experiments.evidence.cell.Scale;
import io.dl4jext.experiments.evidence.chapter.StochasticPlan.Subject;
import io.dl4jext.experiments.evidence.claim.Finding;
import io.dl4jext.experiments.evidence.page.Page;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Nakamura et al.: a batch size of its own for each parameter. */
public final class Paper2Chapter implements Chapter {

    private static final Subject VGG = cifar("vgg");
    private static final Subject VGG_QUARTER = cifar("vgg-quarter");
    private static final Subject MLP = new Subject("mlp", "MNIST subset", 6_000, "--data", "mnist-subset");

    /** As many as the paper has. */
    private static final int SEEDS = 10;

    private static final String TUNING_SEEDS = "2";
    private static final int FEW = 1_500;
    private static final int EIGHTH = 6_250;
    private static final int FULL_EPOCHS = 40;
    private static final int STANDARD_EPOCHS = 10;

    /** With batches of 128: fewer updates an epoch. */
    private static final int STANDARD_EPOCHS_LARGE = 20;

    private static final int LARGE = 128;
    private static final int SWEEPS = 8;

    private static final List<String> TWO = List.of(StochasticPlan.SGD, StochasticPlan.STOCHASTIC);
    private static final List<String> THREE =
            List.of(StochasticPlan.SGD, StochasticPlan.STOCHASTIC, StochasticPlan.HALF);
    private static final List<String> COMPARED = with(THREE, StochasticPlan.COMPETITORS.keySet());
    private static final List<String> ALL = with(
            COMPARED,
            List.of("stochastic-batch-unweighted", "stochastic-batch-mean-weighted", "stochastic-batch-weighted"));

    private static List<String> with(List<String> some, Iterable<String> more) {
        List<String> all = new ArrayList<>(some);
        more.forEach(all::add);
        return List.copyOf(all);
    }

    private static Subject cifar(String network) {
        return new Subject(
                network, "CIFAR-10", 50_000, "--data", "cifar10", "--data-dir", DataSet.CIFAR10.placeholder());
    }

    @Override
    public List<Integer> papers() {
        return List.of(2);
    }

    @Override
    public String title() {
        return "A batch size of its own for each parameter";
    }

    @Override
    public String source() {
        return "K. Nakamura, S. Soatto, B.-W. Hong: Stochastic Batch Size for Adaptive Regularization in Deep Network Optimization.";
    }

    @Override
    public String differences(Scale scale) {
        return "The paper trains VGG11, ResNet18 and ResNet50 with all of their channels on CIFAR-10 (all of it, and 25,000, 12,500 and 6,250"
                + " images), SVHN and STL-10, at one rate, the one best for SGD. Here: VGG11 with batch norm, one dense layer and an eighth of the"
                + " channels"
                + scale.choose(
                        " on 80 images for two epochs. ",
                        " on 1,500 images of CIFAR-10, 10 epochs with batches of 16 and 20 with batches of 128; more images and a quarter of the"
                                + " channels are in the full scale. ",
                        " on 1,500 images of CIFAR-10 for 40 epochs and on 6,250 for 10, with a quarter of the channels for 24 and 6, with batches of"
                                + " 16 and of 128; α and λ for 10 epochs. ")
                + "Where there is no CIFAR-10: a perceptron (784-500-500-10) on the MNIST images that come with the program. Each method gets the rate"
                + " that is best for it, chosen on half of the test images; the other half tests. The paper leaves open which gradient stands in"
                + " the update probability, and weights groups by their numbers of parameters, by which layers stop training altogether: here groups count"
                + " once and |g̃| is the running mean, which is the reading that does best. Images are not"
                + " augmented.";
    }

    @Override
    public List<DataSet> data() {
        return List.of(DataSet.CIFAR10);
    }

    @Override
    public List<Cell> cells(Scale scale, DataFolder data) {
        List<Cell> cells = new ArrayList<>();
        plans(scale, data).forEach(plan -> cells.addAll(plan.cells()));
        sweeps(scale, data).forEach(sweep -> cells.addAll(sweep.cells()));
        return cells;
    }

    private static List<StochasticPlan> plans(Scale scale, DataFolder data) {
        List<StochasticPlan> plans = new ArrayList<>();
        if (scale == Scale.SMOKE) {
            plans.add(smoke(MLP, 90, ALL, 2, 0.15));
            plans.add(smoke(VGG, 80, TWO, 1, 0.15));
            return plans;
        }
        boolean full = scale == Scale.FULL;
        if (full) {
            // About as many steps with many images as with few.
            plans.add(full(VGG, 16, FEW, FULL_EPOCHS, THREE, 45));
            plans.add(full(VGG, LARGE, FEW, FULL_EPOCHS, COMPARED, 50));
            plans.add(full(VGG, 16, EIGHTH, 10, THREE, 45));
            plans.add(full(VGG, LARGE, EIGHTH, 10, THREE, 50));
            plans.add(full(VGG_QUARTER, 16, FEW, 24, THREE, 60));
            plans.add(full(VGG_QUARTER, LARGE, FEW, 24, THREE, 60));
            plans.add(full(VGG_QUARTER, 16, EIGHTH, 6, THREE, 60));
            plans.add(full(VGG_QUARTER, LARGE, EIGHTH, 6, THREE, 60));
        } else {
            plans.add(standard(VGG, 16, FEW, STANDARD_EPOCHS, COMPARED, 10));
            plans.add(standard(VGG, LARGE, FEW, STANDARD_EPOCHS_LARGE, THREE, 10));
        }
        if (!data.has(DataSet.CIFAR10)) {
            plans.add(
                    full
                            ? full(MLP, 16, FEW, FULL_EPOCHS, ALL, 10)
                            : standard(MLP, 16, FEW, STANDARD_EPOCHS, COMPARED, 3));
            plans.add(
                    full
                            ? full(MLP, 16, FEW / 2, FULL_EPOCHS, THREE, 6)
                            : standard(MLP, 16, FEW / 2, STANDARD_EPOCHS, TWO, 1.5));
        }
        return plans;
    }

    private static StochasticPlan smoke(Subject subject, int images, List<String> methods, int seeds, double minutes) {
        return new StochasticPlan(subject, 16, images, methods, seeds, minutes)
                .atOnce(minutes, "--epochs", "2", "--rates", "0.1,0.05", "--tuning-seeds", "1");
    }

    private static StochasticPlan standard(
            Subject subject, int batchSize, int images, int epochs, List<String> methods, double minutes) {
        return plan(subject, batchSize, images, epochs, "0.2,0.1,0.05", methods, minutes);
    }

    private static StochasticPlan full(
            Subject subject, int batchSize, int images, int epochs, List<String> methods, double minutes) {
        return plan(subject, batchSize, images, epochs, "0.4,0.2,0.1,0.05,0.02", methods, minutes);
    }

    private static StochasticPlan plan(
            Subject subject,
            int batchSize,
            int images,
            int epochs,
            String rates,
            List<String> methods,
            double minutes) {
        return new StochasticPlan(
                subject,
                batchSize,
                images,
                methods,
                SEEDS,
                minutes,
                "--epochs",
                String.valueOf(epochs),
                "--rates",
                rates,
                "--tuning-seeds",
                TUNING_SEEDS);
    }

    private static List<AlphaAndLambda> sweeps(Scale scale, DataFolder data) {
        if (scale == Scale.SMOKE) {
            return List.of(new AlphaAndLambda(MLP, 60, 1, 1, 0.1));
        }
        List<AlphaAndLambda> sweeps = new ArrayList<>();
        sweeps.add(new AlphaAndLambda(VGG, FEW, STANDARD_EPOCHS, SWEEPS, 6));
        if (!data.has(DataSet.CIFAR10) && scale == Scale.FULL) {
            sweeps.add(new AlphaAndLambda(MLP, FEW, STANDARD_EPOCHS, SWEEPS, 2));
        }
        return sweeps;
    }

    @Override
    public Contents contents(Results results) throws IOException {
        StochasticPlans plans = new StochasticPlans(plans(results.scale(), results.data()));
        List<Finding> findings = new ArrayList<>(plans.findings(results));
        Page page = plans.page(results);
        for (AlphaAndLambda sweep : sweeps(results.scale(), results.data())) {
            findings.addAll(sweep.findings(results));
            page.add(sweep.page(results));
        }
        return new Contents(findings, page);
    }
}
