using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DistRec.Models.Persistence;

/// <summary>
/// <c>model.json</c>: the description, the rating scale, whether ratings and titles are stored, and length and SHA-256 of
/// every other file of the folder.
/// </summary>
internal sealed record ModelJson(ModelDescription Description, RatingScale Scale, bool HasTitles, IReadOnlyList<ModelFile> Files)
{
    /// <summary>Value of the key "format" that tells a model folder from any other.</summary>
    public const string FormatName = "distrec-model";

    private static readonly JsonWriterOptions Readable = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What is written behind all other fields, with the SHA-256 of the file as it would be without them.
    private const string Seal = ",\n  \"descriptionSha256\": \"";
    private const string SealName = "descriptionSha256";
    private const string End = "\n}\n";

    /// <summary>Writes the file.</summary>
    public void WriteTo(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArrayBufferWriter<byte> text = new();
        WriteFields(text);
        text.Write("\n"u8);
        stream.Write(text.WrittenSpan[..^End.Length]);
        stream.Write(Encoding.UTF8.GetBytes($"{Seal}{Convert.ToHexStringLower(SHA256.HashData(text.WrittenSpan))}\"{End}"));
    }

    private void WriteFields(IBufferWriter<byte> text)
    {
        using var json = new Utf8JsonWriter(text, Readable);
        ModelDescription about = Description;
        json.WriteStartObject();
        json.WriteString("format", FormatName);
        json.WriteNumber("formatVersion", about.FormatVersion);
        json.WriteString("kind", about.Kind);
        json.WriteNumber("rank", about.Rank);
        json.WriteNumber("users", about.UserCount);
        json.WriteNumber("items", about.ItemCount);
        json.WriteNumber("ratings", about.RatingCount);
        json.WriteBoolean("titles", HasTitles);
        json.WriteStartObject("ratingScale");
        json.WriteNumber("minimum", Scale.Minimum);
        json.WriteNumber("maximum", Scale.Maximum);
        json.WriteEndObject();
        json.WriteStartObject("options");
        foreach ((string name, JsonElement value) in about.Options)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }

        json.WriteEndObject();
        if (about.Command is { } command)
        {
            json.WriteStartObject("command");
            foreach ((string name, string value) in command)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        json.WriteStartObject("metrics");
        foreach ((string name, double value) in about.Metrics)
        {
            if (!double.IsFinite(value))
            {
                throw FiniteCheck.NotFinite($"metric {name}", string.Empty, value);
            }

            json.WriteNumber(name, value);
        }

        json.WriteEndObject();
        json.WriteStartObject("data");
        json.WriteString("name", about.DataName);
        json.WriteString("fingerprint", about.DataFingerprint);
        json.WriteEndObject();
        json.WriteString("distrecVersion", about.DistRecVersion);
        json.WriteString("gitCommit", about.GitCommit);
        json.WriteString("created", about.Created.ToString("O"));
        json.WriteString("modelSha256", about.ModelSha256);
        json.WriteStartObject("files");
        foreach (ModelFile file in Files)
        {
            json.WriteStartObject(file.Name);
            json.WriteNumber("bytes", file.Bytes);
            json.WriteString("sha256", file.Sha256);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Reads the file; every field has to be there and of its type.</summary>
    /// <param name="file">Its name for messages.</param>
    /// <param name="text">Its contents.</param>
    /// <exception cref="InputException">The contents are not those of a model this version reads.</exception>
    public static ModelJson Read(string file, ReadOnlyMemory<byte> text)
    {
        JsonElement root = ParseObject(file, text);
        var fields = new JsonFields(file, root);
        if (!root.TryGetProperty("format", out JsonElement format) || format.ValueKind != JsonValueKind.String || format.GetString() != FormatName)
        {
            throw InputException.At(file, $"\"format\": \"{FormatName}\"", "something else", "give the folder of a model saved by DistRec");
        }

        int version = fields.Int32("formatVersion");
        if (version != ModelDescription.CurrentFormatVersion)
        {
            throw InputException.At(
                file,
                $"format version {ModelDescription.CurrentFormatVersion}",
                $"version {version}",
                version > ModelDescription.CurrentFormatVersion ? "the model was saved by a newer DistRec: update this one" : "train the model again");
        }

        JsonFields data = fields.Object("data");
        JsonFields scale = fields.Object("ratingScale");
        var description = new ModelDescription
        {
            FormatVersion = version,
            Kind = fields.Text("kind"),
            Rank = fields.Int32("rank"),
            UserCount = fields.Int32("users"),
            ItemCount = fields.Int32("items"),
            RatingCount = fields.Int64("ratings"),
            Options = fields.Object("options").All().ToDictionary(option => option.Name, option => option.Value, StringComparer.Ordinal),
            Command = root.TryGetProperty("command", out _) ? fields.Object("command").All().ToDictionary(option => option.Name, option => fields.Object("command").Text(option.Name), StringComparer.Ordinal) : null,
            Metrics = fields.Object("metrics").All().ToDictionary(metric => metric.Name, metric => fields.Object("metrics").Double(metric.Name), StringComparer.Ordinal),
            DataName = data.Text("name"),
            DataFingerprint = data.Text("fingerprint"),
            DistRecVersion = fields.Text("distrecVersion"),
            GitCommit = fields.TextOrNull("gitCommit"),
            ModelSha256 = fields.Text("modelSha256"),
            Created = fields.Time("created"),
        };
        ModelFile[] files = [.. fields.Object("files").All().Select(entry => ReadFile(fields.Object("files"), entry.Name))];
        ModelJson read = new(description, new RatingScale(scale.Single("minimum"), scale.Single("maximum")), fields.Boolean("titles"), files);
        RequireSeal(file, root, text.Span);
        return read;
    }

    // Models of earlier releases have none.
    private static void RequireSeal(string file, JsonElement root, ReadOnlySpan<byte> text)
    {
        if (!root.TryGetProperty(SealName, out JsonElement given))
        {
            return;
        }

        int seal = text.LastIndexOf(Encoding.UTF8.GetBytes(Seal));
        byte[] without = seal < 0 ? [] : [.. text[..seal], .. Encoding.UTF8.GetBytes(End)];
        if (given.ValueKind != JsonValueKind.String || !given.ValueEquals(Convert.ToHexStringLower(SHA256.HashData(without))))
        {
            throw InputException.At(
                file, "the file as it was saved", "another one: it was changed or is damaged", "restore it, or train the model again");
        }
    }

    private static JsonElement ParseObject(string file, ReadOnlyMemory<byte> text)
    {
        try
        {
            // Cloned, so that option values outlive the document.
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new InputException(InputException.At(file, "JSON", exception.Message, "restore the file or train the model again").Message, exception);
        }
    }

    private static ModelFile ReadFile(JsonFields files, string name)
    {
        JsonFields entry = files.Object(name);
        return new ModelFile(name, entry.Int64("bytes"), entry.Text("sha256"));
    }
}

/// <summary>A file of a model folder.</summary>
/// <param name="Name">Name without a folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">SHA-256 of its contents, as lower-case hex.</param>
internal readonly record struct ModelFile(string Name, long Bytes, string Sha256);
