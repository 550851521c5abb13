package io.dl4jext.fisher;

import java.util.Locale;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.opentest4j.TestAbortedException;

/**
 * DL4J's own forward and backward pass, with nothing of ours, where a test that measures the same has failed: what
 * DL4J's native code cannot run on a machine says nothing about us. (DL4J 1.0.0-beta7's conv1d is oneDNN's, which
 * throws "x2APIC is not supported" on some virtual machines.)
 */
final class PlainPass {

    /** What oneDNN and Xbyak, its assembler, say of the machine. Any other failure of DL4J's is a fault of the test. */
    private static final String[] OF_THE_MACHINE = {
        "x2apic is not supported",
        "onednn",
        "mkldnn",
        "dnnl",
        "xbyak",
        "could not create a primitive",
        "could not execute a primitive"
    };

    private PlainPass() {}

    /**
     * Runs a test that passes a network forward and backward. If it fails, and DL4J's native code cannot run the
     * network here, it is skipped in words that name the case and DL4J's message.
     *
     * @param name names the case
     * @param network a network that only this call uses
     * @throws TestAbortedException if it cannot
     */
    static void skipUnlessItRuns(String name, Supplier<Model> network, MultiDataSet data, Runnable test) {
        try {
            test.run();
        } catch (RuntimeException | AssertionError e) {
            assumeRuns(name, network, data);
            throw e;
        }
    }

    private static void assumeRuns(String name, Supplier<Model> network, MultiDataSet data) {
        try {
            SampleLoop.pass(network.get(), data);
        } catch (RuntimeException e) {
            String message = ofTheMachine(e);
            if (message == null) {
                throw e;
            }
            String reason = "DL4J itself cannot run it on this machine: " + name + ": " + message;
            System.out.println("Skipped, " + reason);
            throw new TestAbortedException(reason, e);
        }
    }

    /** The messages of an exception and its causes if one of them is the native code's about the machine, else null. */
    private static String ofTheMachine(Throwable thrown) {
        StringBuilder messages = new StringBuilder();
        boolean found = false;
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            messages.append(messages.length() == 0 ? "" : ": ").append(message);
            for (String sign : OF_THE_MACHINE) {
                found |= message.toLowerCase(Locale.ROOT).contains(sign);
            }
        }
        return found ? messages.toString() : null;
    }
}
