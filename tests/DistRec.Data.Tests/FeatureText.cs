using System.Globalization;

namespace DistRec.Data.Tests;

/// <summary>Design matrices as text, in the manner of figure 1 of the factorization machines paper.</summary>
internal static class FeatureText
{
    /// <summary>Each row as "target | group:name=value …", features ascending; a feature without a name, or named by numbers, is shown by its place in its group.</summary>
    public static string[] Of(FeatureData data, FeatureRows rows)
    {
        int longest = rows.MaxRowLength();
        int[] features = new int[longest];
        float[] values = new float[longest];
        return
        [
            .. Enumerable.Range(0, rows.Count).Select(row =>
            {
                int count = rows.Gather(row, features, values);
                string[] shown = [.. Enumerable.Range(0, count).Select(t => Name(data.Space, features[t]) + Weight(values[t]))];
                return $"{rows.Targets[row].ToString(CultureInfo.InvariantCulture)} | {string.Join(' ', shown)}".TrimEnd();
            }),
        ];
    }

    private static string Name(FeatureSpace space, int feature)
    {
        FeatureGroup group = space.Groups.Last(group => group.First <= feature && group.Count > 0);
        return $"{group.Name}:{(group.Name is "feature" or "single" or "pair" ? null : group.Names?[feature - group.First]) ?? (feature - group.First).ToString(CultureInfo.InvariantCulture)}";
    }

    private static string Weight(float value) => value == 1 ? "" : "=" + value.ToString("0.###", CultureInfo.InvariantCulture);
}
