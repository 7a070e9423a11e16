namespace DistRec.Cli.Batch;

/// <summary>Some users, in the order in which they are to be answered.</summary>
/// <param name="Ids">Their ids.</param>
/// <param name="Users">Their indices in the model; −1 for those that it does not know.</param>
internal sealed record UserIdBlock(string[] Ids, int[] Users);

/// <summary>The users of a model or of a file, a block at a time.</summary>
internal static class UserIdBlocks
{
    /// <summary>All users of a model, by index.</summary>
    public static IEnumerable<(UserIdBlock Block, double Done)> OfModel(SavedModel saved, int size)
    {
        for (int first = 0; first < saved.Users.Count; first += size)
        {
            int[] users = [.. Enumerable.Range(first, Math.Min(size, saved.Users.Count - first))];
            yield return (new UserIdBlock([.. users.Select(user => saved.Users[user])], users), (first + users.Length) / (double)saved.Users.Count);
        }
    }

    /// <summary>The users of a file, an id a line; blank lines count for nothing.</summary>
    /// <exception cref="InputException">The file cannot be read, or names nobody.</exception>
    public static IEnumerable<(UserIdBlock Block, double Done)> OfFile(string path, SavedModel saved, int size)
    {
        using StreamReader reader = Reading(path, () => new StreamReader(path));
        bool isSized = reader.BaseStream.CanSeek;
        int count = 0;
        while (true)
        {
            List<string> ids = [];
            while (ids.Count < size && Reading(path, reader.ReadLine) is { } line)
            {
                if (!string.IsNullOrWhiteSpace(line))
                {
                    ids.Add(line.Trim());
                }
            }

            if (ids.Count == 0)
            {
                break;
            }

            count += ids.Count;
            int[] users = [.. ids.Select(id => saved.Users.TryGetIndex(id, out int user) ? user : -1)];
            double done = isSized ? (double)reader.BaseStream.Position / Math.Max(1, reader.BaseStream.Length) : 0;
            yield return (new UserIdBlock([.. ids], users), done);
        }

        if (count == 0)
        {
            throw InputException.At(
                path, "ids of users, one a line", "none", "check the file, or write --users all for all users of the model");
        }
    }

    private static T Reading<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw InputException.At(
                path, "a readable file of user ids, one a line", exception.Message.TrimEnd('.'), "check the path and its permissions");
        }
    }
}
