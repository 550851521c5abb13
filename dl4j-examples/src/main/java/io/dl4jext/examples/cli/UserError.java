package io.dl4jext.examples.cli;

/** Something that the user can put right; the message is one line with the value and what was expected. */
public final class UserError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UserError(String message) {
        super(message);
    }
}
