import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Asks Apache Avro itself. Each line of standard input is `{"id", "reader", "writer", "references"?}`, schemas as
 * texts; each line of standard output tells of both schemas what Avro makes of them (or why it refuses them, as new and
 * as stored), and what `SchemaCompatibility` finds. Where the question has `"records"`, in hexadecimal digits, `"read"`
 * tells of each what comes of reading it: null, or why it cannot be read.
 *
 * Run with the jars of org.apache.avro:avro on the class path: `java -cp 'lib/*' Oracle.java`.
 */
public class Oracle {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.println(JSON.writeValueAsString(answer(JSON.readTree(line))));
      }
    }
  }

  private static ObjectNode answer(JsonNode question) {
    ObjectNode answer = JSON.createObjectNode();
    answer.set("id", question.get("id"));
    List<String> references = new ArrayList<>();
    question.path("references").forEach((reference) -> references.add(reference.textValue()));
    Schema reader = describe(question.get("reader").textValue(), references, answer.putObject("reader"));
    Schema writer = describe(question.get("writer").textValue(), references, answer.putObject("writer"));
    if (reader == null || writer == null) return answer;
    answer.put("equal", reader.equals(writer));
    compare(reader, writer, answer);
    if (question.has("records")) read(question.get("records"), reader, writer, answer.putArray("read"));
    return answer;
  }

  /** What a consumer finds, who looks at nothing but the data. */
  private static void read(JsonNode records, Schema reader, Schema writer, ArrayNode into) {
    for (JsonNode record : records) {
      byte[] bytes = HexFormat.of().parseHex(record.textValue());
      try {
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, null);
        new GenericDatumReader<Object>(writer, reader).read(null, decoder);
        into.addNull();
      } catch (Exception | StackOverflowError failed) {
        into.add(failed.getClass().getSimpleName() + ": " + failed.getMessage());
      }
    }
  }

  /** The schema as a registry parses one that it already holds, and what it would say to a new one. */
  private static Schema describe(String text, List<String> references, ObjectNode into) {
    try {
      parse(text, references, NameValidator.STRICT_VALIDATOR, true, new ArrayList<>());
    } catch (Exception | StackOverflowError refused) {
      into.put("refused", String.valueOf(refused.getMessage()));
    }
    try {
      List<Schema> known = new ArrayList<>();
      Schema schema = parse(text, references, NameValidator.NO_VALIDATION, false, known);
      checkNames(schema, new HashSet<>());
      into.put("text", schema.toString(known, false));
      return schema;
    } catch (Exception | StackOverflowError refused) {
      into.put("unparsable", String.valueOf(refused.getMessage()));
      return null;
    }
  }

  /** Confluent's registry holds the simple names of a schema that is stored to the rules, and no namespaces. */
  private static void checkNames(Schema schema, Set<String> seen) {
    switch (schema.getType()) {
      case ARRAY -> checkNames(schema.getElementType(), seen);
      case MAP -> checkNames(schema.getValueType(), seen);
      case UNION -> schema.getTypes().forEach((branch) -> checkNames(branch, seen));
      case FIXED -> checkName(schema.getName());
      case ENUM -> {
        checkName(schema.getName());
        schema.getEnumSymbols().forEach(Oracle::checkName);
      }
      case RECORD -> {
        if (!seen.add(schema.getFullName())) return;
        checkName(schema.getName());
        for (Schema.Field field : schema.getFields()) {
          checkName(field.name());
          checkNames(field.schema(), seen);
        }
      }
      default -> {}
    }
  }

  private static void checkName(String name) {
    NameValidator.Result result = NameValidator.UTF_VALIDATOR.validate(name);
    if (!result.isOK()) throw new IllegalArgumentException(result.getErrors());
  }

  private static Schema parse(
      String text, List<String> references, NameValidator names, boolean defaults, List<Schema> known) {
    Schema.Parser parser = new Schema.Parser(names);
    parser.setValidateDefaults(defaults);
    for (String reference : references) known.add(parser.parse(reference));
    return parser.parse(text);
  }

  private static void compare(Schema reader, Schema writer, ObjectNode answer) {
    ArrayNode found = JSON.createArrayNode();
    try {
      SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
          .getResult()
          .getIncompatibilities()
          .forEach(
              (one) ->
                  found.addObject()
                      .put("type", one.getType().name())
                      .put("location", one.getLocation())
                      .put("message", one.getMessage()));
      answer.set("incompatibilities", found);
    } catch (Exception | StackOverflowError failed) {
      answer.put("failed", String.valueOf(failed.getMessage()));
    }
  }
}
