package io.dl4jext.adagrad;

/**
 * The element-wise formulas of which the steps of this package consist, on the first n elements of arrays A: loops over
 * {@code float[]} and {@code double[]}, or ND4J operations on whole vectors. So each step is written once. All numbers
 * are rounded to the type of the arrays before they are used.
 */
interface Kernels<A> {

    /** A new array of n elements, each of this value. */
    A filled(A like, double value, int n);

    void copy(A from, A to, int n);

    /** G ← old·G + fresh·g². */
    void accumulate(A sum, A gradient, double old, double fresh, int n);

    /** target ← g². */
    void square(A target, A gradient, int n);

    /** sum ← sum + x. */
    void add(A sum, A x, int n);

    /** g ← rate·g/(√(G + inside) + outside). */
    void scale(A gradient, A sum, double rate, double inside, double outside, int n);

    /** g ← factor·g. */
    void multiply(A gradient, double factor, int n);

    /** v ← momentum·v + u, u ← v. */
    void move(A update, A velocity, double momentum, int n);

    /** h ← rate/(√(G + inside) + outside). */
    void rates(A rates, A sum, double rate, double inside, double outside, int n);

    /** g ← θ − x, the proximal step x from y = θ − h·g: x = sign(y)·max(|y| − h·l1, 0)/(1 + h·l2). */
    void proximal(A gradient, A rates, A parameters, double l1, double l2, int n);

    /** T ← T + 1; see {@link io.dl4jext.updater.internal.elementwise.StepCount}. */
    void count(A counts, int iteration, int n);

    /** s ← s + w·g, v ← v + w·g² with w = rate·√T. */
    void weigh(A s, A v, A gradient, A counts, double rate, int n);

    /** g ← θ − w, w = −rate·z/√G. */
    void average(A gradient, A z, A sum, A parameters, double rate, int n);

    /** x ← sign(z)·max(|z| − l1·T, 0). */
    void shrink(A x, A z, A counts, double l1, int n);

    /** g ← θ − w, w = −rate·g/(√G + l2·T). */
    void averageShrunk(A gradient, A sum, A counts, A parameters, double rate, double l2, int n);

    /** x ← rate·z/√G. */
    void displacement(A x, A z, A sum, double rate, int n);

    /** d' = (1 − fresh)·d + fresh·x, x ← d' − d, d ← d'. */
    void follow(A x, A displacement, double fresh, int n);

    /** x ← s/(∛v + ε). */
    void overCubeRoot(A x, A s, A v, double epsilon, int n);
}
