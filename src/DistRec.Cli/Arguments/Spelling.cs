namespace DistRec.Cli.Arguments;

/// <summary>Finds the word that a person may have meant.</summary>
internal static class Spelling
{
    /// <summary>"did you mean …?", or null where no known word is near.</summary>
    public static string? Advise(string text, IEnumerable<string> known)
    {
        (string Word, int Distance) nearest = known
            .Select(word => (Word: word, Distance: Distance(text, word)))
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Word, StringComparer.Ordinal)
            .FirstOrDefault();
        return nearest.Word is not null && nearest.Distance <= Math.Max(1, text.Length / 3) ? $"did you mean {nearest.Word}?" : null;
    }

    /// <summary>The fewest insertions, deletions, replacements and swaps of neighbours that turn one text into the other.</summary>
    public static int Distance(string a, string b)
    {
        int[,] distance = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                distance[i, j] = i == 0 || j == 0 ? i + j : Step(i, j);
            }
        }

        return distance[a.Length, b.Length];

        int Step(int i, int j)
        {
            int replaced = distance[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            int best = Math.Min(replaced, 1 + Math.Min(distance[i - 1, j], distance[i, j - 1]));
            bool isSwap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            return isSwap ? Math.Min(best, distance[i - 2, j - 2] + 1) : best;
        }
    }
}
