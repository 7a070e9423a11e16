namespace DistRec.Training.Storage;

/// <summary>Opens the store that a person names.</summary>
public static class BlobStores
{
    private const string JobsOption = "--store";
    private const string S3Scheme = "s3://";
    private const string Forms = "a folder, or s3://bucket/prefix?endpoint=http://host:port&region=name&addressing=path";

    /// <summary>Opens a store.</summary>
    /// <param name="setting">
    /// A folder's path, or <c>s3://bucket/prefix</c> with <c>endpoint</c>, <c>region</c> and <c>addressing</c> (<c>path</c> or
    /// <c>host</c>) after a question mark.
    /// </param>
    /// <param name="environment">
    /// Looks up AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_DEFAULT_REGION and AWS_ENDPOINT_URL,
    /// which keep keys out of settings; null for the process's own environment.
    /// </param>
    /// <param name="option">What the setting is given as; errors begin with it.</param>
    /// <exception cref="InputException">The setting cannot be understood, or the folder cannot be used.</exception>
    public static IBlobStore Open(string setting, Func<string, string?>? environment = null, string option = JobsOption)
    {
        ArgumentNullException.ThrowIfNull(setting);
        if (IsS3(setting))
        {
            return new S3BlobStore(ReadS3(setting, environment ?? Environment.GetEnvironmentVariable, option));
        }

        int scheme = setting.IndexOf("://", StringComparison.Ordinal);
        if (string.IsNullOrWhiteSpace(setting) || scheme >= 0)
        {
            throw InputException.At(
                option, Forms, scheme >= 0 ? $"the scheme \"{setting[..scheme]}\"" : "nothing", "give one of the two");
        }

        try
        {
            return new FolderBlobStore(setting);
        }
        catch (BlobStoreException exception)
        {
            throw new InputException($"{option}: {exception.Message}", exception);
        }
    }

    /// <summary>Whether a setting names a store that speaks S3.</summary>
    public static bool IsS3(string setting) => setting.StartsWith(S3Scheme, StringComparison.OrdinalIgnoreCase);

    internal static S3Settings ReadS3(string setting, Func<string, string?> environment, string option = JobsOption)
    {
        string place = $"{option} {setting}";
        string rest = setting[S3Scheme.Length..];
        int mark = rest.IndexOf('?', StringComparison.Ordinal);
        string path = mark < 0 ? rest : rest[..mark];
        Dictionary<string, string> options = ReadOptions(place, mark < 0 ? "" : rest[(mark + 1)..]);
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        string bucket = slash < 0 ? path : path[..slash];
        string prefix = slash < 0 ? "" : path[(slash + 1)..].TrimEnd('/');
        if (!IsBucket(bucket))
        {
            throw InputException.At(
                place, "a bucket of 3 to 63 letters, digits, dots and hyphens after s3://", $"\"{bucket}\"", $"write {Forms}");
        }

        if (prefix.Length > 0 && !BlobName.IsValid(prefix))
        {
            throw InputException.At(
                place, "a prefix of letters, digits, dots, underscores and hyphens between slashes", $"\"{prefix}\"", "choose another prefix");
        }

        Uri? endpoint = ReadEndpoint(place, Value("endpoint") ?? Variable("AWS_ENDPOINT_URL"));
        string? region = Value("region") ?? Variable("AWS_REGION") ?? Variable("AWS_DEFAULT_REGION");
        if (endpoint is null && region is null)
        {
            throw InputException.At(place, "a region or an endpoint", "neither", "add ?region=…, or ?endpoint=http://host:port");
        }

        string addressing = Value("addressing") ?? (endpoint is null ? "host" : "path");
        if (addressing is not ("host" or "path"))
        {
            throw InputException.At(place, "addressing=path or addressing=host", $"\"{addressing}\"", "give one of the two, or leave it out");
        }

        string? id = Variable("AWS_ACCESS_KEY_ID");
        string? secret = Variable("AWS_SECRET_ACCESS_KEY");
        if ((id is null) != (secret is null) || (id is null && endpoint is not null))
        {
            throw InputException.At(
                place, "a key's name and its secret in the environment", id is null ? "no name" : "no secret",
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
        }

        return new S3Settings(bucket)
        {
            Prefix = prefix,
            Endpoint = endpoint,
            Region = region ?? "us-east-1",
            PathStyle = addressing == "path",
            AccessKeyId = id,
            SecretAccessKey = secret,
            SessionToken = id is null ? null : Variable("AWS_SESSION_TOKEN"),
        };

        string? Value(string name) => options.TryGetValue(name, out string? value) ? value : null;

        string? Variable(string variable) => environment(variable) is { Length: > 0 } value ? value : null;
    }

    private static Dictionary<string, string> ReadOptions(string place, string query)
    {
        Dictionary<string, string> options = new(StringComparer.Ordinal);
        foreach (string option in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? option : option[..equals];
            if (name is not ("endpoint" or "region" or "addressing"))
            {
                throw InputException.At(
                    place, "endpoint, region or addressing after the question mark", $"\"{name}\"", "correct it, or leave it out");
            }

            if (equals < 0 || equals == option.Length - 1 || !options.TryAdd(name, Uri.UnescapeDataString(option[(equals + 1)..])))
            {
                throw InputException.At(place, $"one value for {name}", options.ContainsKey(name) ? "two" : "none", $"write {name}=… once");
            }
        }

        return options;
    }

    private static Uri? ReadEndpoint(string place, string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? endpoint) || endpoint.Scheme is not ("http" or "https")
            || endpoint.PathAndQuery != "/" || endpoint.UserInfo.Length > 0)
        {
            throw InputException.At(
                place, "an endpoint such as http://host:9000", $"\"{text}\"", "give scheme, host and port alone; keys come from the environment");
        }

        return endpoint;
    }

    private static bool IsBucket(string bucket) =>
        bucket.Length is >= 3 and <= 63 && bucket.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-')
        && char.IsAsciiLetterOrDigit(bucket[0]) && char.IsAsciiLetterOrDigit(bucket[^1]);
}
