namespace DistRec.Data;

/// <summary>The calendar month of a rating, among the months that training ratings are of.</summary>
internal static class MonthContext
{
    // The years that the framework's calendar has.
    private static readonly long Earliest = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <exception cref="InputException">A time is no time in seconds.</exception>
    public static EntitySource Of(RatingSplit split)
    {
        int[] train = Months(split.Train);
        int[] known = [.. train.Distinct().Order()];
        string[] names = [.. known.Select(month => $"{month / 12:0000}-{(month % 12) + 1:00}")];
        int[] last = new int[split.Train.RowCount];
        last.AsSpan().Fill(Math.Max(0, known.Length - 1));
        return new EntitySource(
            "time",
            RelationEntity.Context,
            [FeatureSource.Indicator("time", known.Length, names) with { Kind = FeatureKind.Month }],
            Nearest(known, train),
            split.Validation is { } validation ? Nearest(known, Months(validation)) : null,
            split.Test is { } test ? Nearest(known, Months(test)) : null)
        {
            Present = last,
        };
    }

    // Months since the year 0.
    private static int[] Months(RatingMatrix part)
    {
        int[] months = new int[part.Count];
        int next = 0;
        foreach (long time in part.Timestamps.AsSpan((int)part.RowStarts[0], months.Length))
        {
            if (time < Earliest || time > Latest)
            {
                throw InputException.At("features", "times in seconds since 1970 for \"time\"", $"{time}", "convert the times, or leave the block out");
            }

            DateTime moment = DateTime.UnixEpoch.AddTicks(time * TimeSpan.TicksPerSecond);
            months[next++] = (moment.Year * 12) + moment.Month - 1;
        }

        return months;
    }

    // Turns months into positions among the known ones.
    private static int[] Nearest(int[] known, int[] months)
    {
        if (known.Length == 0)
        {
            return new int[months.Length];
        }

        int[] positions = new int[known[^1] - known[0] + 1];
        int position = 0;
        for (int month = known[0]; month <= known[^1]; month++)
        {
            while (position + 1 < known.Length && known[position + 1] - month < month - known[position])
            {
                position++;
            }

            positions[month - known[0]] = position;
        }

        return Array.ConvertAll(months, month => positions[Math.Clamp(month, known[0], known[^1]) - known[0]]);
    }
}
