using DistRec.Cli.Arguments;
using DistRec.Data;
using DistRec.Models.Persistence;

namespace DistRec.Cli.Queries;

/// <summary>The options that verbs on a saved model share.</summary>
internal static class ModelOptions
{
    public static readonly OptionDefinition Model = new("model", "DIR", "Folder of the model");
    public static readonly OptionDefinition User = new("user", "ID", "Id of the user, as the ratings had it");
    public static readonly OptionDefinition Item = new("item", "ID", "Id of the item, as the ratings had it");

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

    /// <summary>Loads the model once all options are known to be right.</summary>
    /// <exception cref="InputException">There were mistakes, or the model is damaged.</exception>
    public static SavedModel Load(GivenOptions given, string path)
    {
        given.Mistakes.ThrowIfAny();
        return ModelFolder.Load(path);
    }
}
