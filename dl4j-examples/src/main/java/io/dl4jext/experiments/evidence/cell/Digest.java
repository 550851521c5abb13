package io.dl4jext.experiments.evidence.cell;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of parts, each with its length before it, so that no two lists of them are alike. */
final class Digest {

    private final MessageDigest digest;

    Digest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    Digest add(byte[] part) {
        digest.update((part.length + ":").getBytes(StandardCharsets.UTF_8));
        digest.update(part);
        return this;
    }

    Digest add(String part) {
        return add(part.getBytes(StandardCharsets.UTF_8));
    }

    /** Of what has been added, in hexadecimal digits; ends it. */
    String hex() {
        StringBuilder hex = new StringBuilder();
        for (byte one : digest.digest()) {
            hex.append(String.format("%02x", one));
        }
        return hex.toString();
    }
}
