namespace DistRec.Cli.Queries;

/// <summary>The options that verbs on a saved model share.</summary>
internal static class ModelFolderOptions
{
    public static readonly OptionDefinition Model = new("model", "DIR", "Folder of the model");
    public static readonly OptionDefinition User = new("user", "ID", "Id of the user, as the ratings had it");
    public static readonly OptionDefinition Item = new("item", "ID", "Id of the item, as the ratings had it");

    public static readonly OptionDefinition Rows = new("rows", "FILE", "Rows of features, target index:value …, for a model that was trained on such rows");
    public static readonly OptionDefinition Threads = new("threads", "N", "Threads for reading and answering [as many as cores]");

    /// <summary>The folder of the model; what is not one is a mistake.</summary>
    public static string ReadPath(GivenOptions given)
    {
        string path = given.Required("model", "the folder of a model", "give the folder that distrec train saved to");
        if (path.Length > 0 && !ModelFolder.IsModel(path))
        {
            string found = Directory.Exists(path) ? $"a folder without one, {GivenOptions.Quote(path)}" : $"nothing at {GivenOptions.Quote(path)}";
            given.Mistakes.Add(given.PlaceOf("model"), "the folder of a model", found, "give the folder that distrec train saved to");
        }

        return path;
    }

    /// <summary>The item's id.</summary>
    public static string ReadItem(GivenOptions given) => given.Required("item", "the id of an item", "write --item ID");

    /// <summary>Item ids of a file, one a line; null where the option is not given.</summary>
    public static IReadOnlyCollection<string>? ReadItems(GivenOptions given, string name)
    {
        if (given.Text(name) is not { } path)
        {
            return null;
        }

        try
        {
            return [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0).Distinct(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            given.Mistakes.Add(given.PlaceOf(name), "a file of item ids, one a line", exception.Message.TrimEnd('.'), "check the path");
            return null;
        }
    }

    /// <summary>The file of rows.</summary>
    public static string ReadRows(GivenOptions given) => given.ExistingPath("rows", "a file of rows, target index:value …", "check the path") ?? "";

    /// <summary>The number of threads.</summary>
    public static int ReadThreads(GivenOptions given, CliHost host) => given.Integer("threads", host.Cores, 1, "give the number of cores", 1024);

    /// <summary>Options that mean nothing beside --rows are mistakes.</summary>
    public static void RefuseWithRows(GivenOptions given, params IReadOnlyList<string> names) => given.Refuse(names, "nothing beside --rows", "leave one of the two out");

    /// <summary>Loads a model that is asked about users and items.</summary>
    /// <exception cref="InputException">There were mistakes, the model is damaged, or it knows no users and items.</exception>
    public static SavedModel LoadForUsers(GivenOptions given, string path)
    {
        SavedModel saved = Load(given, path);
        return saved.Users.Count > 0 || saved.Items.Count > 0
            ? saved
            : throw InputException.At(given.PlaceOf("model"), "a model of users and items", $"{saved.Model.Kind}, which answers for rows of features", "use predict --rows FILE, or evaluate --rows FILE");
    }

    /// <summary>Loads the model once all options are known to be right.</summary>
    /// <exception cref="InputException">There were mistakes, or the model is damaged.</exception>
    public static SavedModel Load(GivenOptions given, string path)
    {
        given.Mistakes.ThrowIfAny();
        return ModelFolder.Load(path);
    }
}
