package io.dl4jext.implicit;

/**
 * Which of DL4J's passes have come to a layer, in all networks of one configuration. Below a FrozenLayer there is no
 * backward pass, but DL4J applies regularisation there, to what the layer's last update left in its gradient: a ridge
 * would take its own last step for a gradient, and add to it.
 */
final class Passes {

    private volatile boolean forward;
    private volatile boolean backward;

    /** In training. */
    void forward() {
        forward = true;
    }

    void backward() {
        backward = true;
    }

    /** Whether it is trained, as far as one can tell: a network may also get its gradients from elsewhere. */
    boolean train() {
        return backward || !forward;
    }
}
