package io.dl4jext.fisher.internal.text;

import java.io.IOException;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonToken;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * JSON that comes from a file, which may hold anything: a tree takes a stack frame for each level, and the square of
 * its length for a whole number.
 */
public final class JsonLine {

    /** The smallest double without an exponent has 1,077 characters. */
    public static final int LONGEST_NUMBER = 2000;

    private static final int DEEPEST = 10;

    private JsonLine() {}

    /** The tree; null for what is no JSON, or none of ours. */
    public static JsonNode parse(ObjectMapper json, String text) {
        try (JsonParser parser = json.getFactory().createParser(text)) {
            int depth = 0;
            for (JsonToken token; (token = parser.nextToken()) != null; ) {
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (depth > DEEPEST || token.isNumeric() && parser.getTextLength() > LONGEST_NUMBER) {
                    return null;
                }
            }
            return json.readTree(text);
        } catch (IOException e) {
            return null;
        }
    }
}
