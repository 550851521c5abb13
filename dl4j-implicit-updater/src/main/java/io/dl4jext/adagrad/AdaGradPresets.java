package io.dl4jext.adagrad;

/**
 * The choices of frameworks and papers, as builders with everything set but a learning rate where the source has no
 * default. In the formulas g is the gradient of the mini-batch's mean loss, t = 0, 1, … the iteration, G the
 * accumulator, initially G₀; all of them are element by element unless said otherwise.
 *
 * <pre>{@code
 * .updater(AdaGradPresets.pyTorch().learningRateDecay(1e-3).build())
 * .updater(AdaGradPresets.proximal().learningRate(0.1).l1(1e-4).build())       // and AdaGradListener.attachTo(network)
 * }</pre>
 */
public final class AdaGradPresets {

    private AdaGradPresets() {}

    /**
     * Yotkov ("Gradient-based optimisation", Algorithm 2): G ← G + g², θ ← θ − η·g/√(G + ε). G₀ = 0, ε = 1e-8;
     * η = 0.01, which has the lowest loss of its Table 5.
     */
    public static AdaGradFamily.Builder yotkov() {
        return AdaGradFamily.builder();
    }

    /**
     * PyTorch ({@code torch.optim.Adagrad}): G ← G + g², θ ← θ − η_t·g/(√G + ε), η_t = η/(1 + t·lr_decay). η = 0.01,
     * lr_decay = 0 ({@link AdaGradFamily.Builder#learningRateDecay}), G₀ = 0 ({@code initial_accumulator_value}),
     * ε = 1e-10. Its {@code weight_decay} is DL4J's {@code l2} and {@code l2Bias}, but for the gamma and beta of batch
     * normalisation, which DL4J never regularises.
     */
    public static AdaGradFamily.Builder pyTorch() {
        return AdaGradFamily.builder().epsilon(1e-10).epsilonPlace(EpsilonPlace.OUTSIDE_ROOT);
    }

    /**
     * Keras 2.11 and later, Keras 3 ({@code keras.optimizers.Adagrad}): G ← G + g², θ ← θ − η·g/√(G + ε). η = 0.001,
     * G₀ = 0.1, ε = 1e-7.
     */
    public static AdaGradFamily.Builder keras() {
        return new AdaGradFamily.Builder(0.001).initialAccumulator(0.1).epsilon(1e-7);
    }

    /**
     * TensorFlow 2's former optimiser, now {@code tf.keras.optimizers.legacy.Adagrad} (the kernel
     * {@code ResourceApplyAdagradV2}): G ← G + g², θ ← θ − η·g/(√G + ε). η = 0.001, G₀ = 0.1, ε = 1e-7. With ε = 0 it
     * is TensorFlow 1's {@code tf.train.AdagradOptimizer}.
     */
    public static AdaGradFamily.Builder tensorFlow() {
        return keras().epsilonPlace(EpsilonPlace.OUTSIDE_ROOT);
    }

    /**
     * optax ({@code optax.adagrad}): G ← G + g², θ ← θ − η·g/√(G + ε), 0 where G = 0. No default for η, G₀ = 0.1,
     * ε = 1e-7.
     */
    public static AdaGradFamily.Builder optax() {
        return new AdaGradFamily.Builder(null).initialAccumulator(0.1).epsilon(1e-7);
    }

    /**
     * DL4J ({@code org.nd4j.linalg.learning.config.AdaGrad}, 1.0.0-beta7 and 1.0.0-M2.1): G ← G + g²,
     * θ ← θ − η·g/(√G + ε). η = 0.1, ε = 1e-6, and G₀ = 1e-6 whatever ε is. Unlike DL4J's it keeps its schedule when
     * cloned.
     */
    public static AdaGradFamily.Builder dl4j() {
        return new AdaGradFamily.Builder(0.1)
                .initialAccumulator(1e-6)
                .epsilon(1e-6)
                .epsilonPlace(EpsilonPlace.OUTSIDE_ROOT);
    }

    /**
     * AdaGrad-Norm (Ward, Wu and Bottou, 2019, Algorithm 1): b² ← b² + ‖g‖², θ ← θ − η·g/b, with one b for the whole
     * network. The paper has no defaults: η must be given, G₀ = b₀² is 0.01 here. Needs {@link AdaGradListener}. In a
     * FLOAT network b² is a float, too: a ‖g‖² below 6e-8·b² is lost.
     */
    public static AdaGradFamily.Builder norm() {
        return new AdaGradFamily.Builder(null)
                .initialAccumulator(0.01)
                .epsilon(0)
                .scope(AccumulatorScope.NETWORK);
    }

    /** {@link #norm()} with a b for each parameter tensor and ‖g‖ the norm of its gradient. */
    public static AdaGradFamily.Builder normPerTensor() {
        return norm().scope(AccumulatorScope.TENSOR);
    }

    /**
     * AdaGrad that forgets (Zeiler, 2012, section 3.1, "accumulate over window", done exactly): G = the sum of g² of
     * the last W iterations, θ ← θ − η·g/√(G + ε). All else as in {@link #yotkov()}.
     *
     * @param window W ≥ 1; the state has W values for each parameter
     */
    public static AdaGradFamily.Builder windowed(int window) {
        return AdaGradFamily.builder().window(window);
    }

    /**
     * AdaGrad that forgets gradually: G ← ρ·G + g², θ ← θ − η·g/√(G + ε). All else as in {@link #yotkov()}.
     *
     * @param accumulatorDecay 0 &lt; ρ &lt; 1
     */
    public static AdaGradFamily.Builder decayed(double accumulatorDecay) {
        return AdaGradFamily.builder().decayedSum(accumulatorDecay);
    }

    /**
     * AdaGrad and then momentum, v ← μ·v + η·g/√(G + ε), θ ← θ − v (Yotkov's eq. 6 on his Algorithm 2; the chain
     * {@code scale_by_rss}, {@code trace} of optax). All else as in {@link #yotkov()}.
     *
     * @param momentum 0 ≤ μ &lt; 1
     */
    public static AdaGradFamily.Builder withMomentum(double momentum) {
        return AdaGradFamily.builder().momentum(momentum);
    }

    /**
     * Proximal AdaGrad (Duchi, Hazan and Singer, 2011, eq. 4; TensorFlow's {@code ProximalAdagrad}): G ← G + g²,
     * h = η/√G, y = θ − h·g, θ ← sign(y)·max(|y| − h·λ₁, 0)/(1 + h·λ₂). No default for η, G₀ = 0.1, λ₁ = λ₂ = 0. With
     * λ &gt; 0 it needs {@link AdaGradListener}. Unlike TensorFlow's for sparse gradients, it also shrinks parameters
     * whose gradient is 0.
     */
    public static AdaGradFamily.Builder proximal() {
        return new AdaGradFamily.Builder(null).initialAccumulator(0.1).epsilon(0);
    }

    /** AdaGrad with dual averaging: {@link DualAveraging}. */
    public static DualAveraging.Builder dualAveraging() {
        return DualAveraging.builder();
    }

    /** MADGRAD: {@link MadGrad}. */
    public static MadGrad.Builder madGrad() {
        return MadGrad.builder();
    }
}
