package io.dl4jext.experiments.engine;

/** Something that the user can put right; the message is one line with the value and what was expected. */
public final class UserError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UserError(String message) {
        super(message);
    }

    /** Refuses an option's value unless the condition holds. */
    public static void require(boolean condition, String option, String expected, Object got) {
        if (!condition) {
            throw new UserError(option + ": expected " + expected + ", got " + got);
        }
    }
}
