using DistRec.Numerics.Random;

namespace DistRec.Models.Feedback;

/// <summary>Item tables as training holds them, a row for all that is learned about an item, and as models hold them.</summary>
public static class FeedbackTables
{
    /// <summary>Draws q_i from N(0, (scale/√k)²), keyed by the global item; x_i and y_i begin at 0.</summary>
    /// <param name="options">The model's settings.</param>
    /// <param name="items">Receives the draws, [rows, <see cref="FeedbackShape.ItemWidth"/>].</param>
    /// <param name="firstItem">Global index of the table's first row.</param>
    public static void DrawItems(FeedbackOptions options, FactorTable items, int firstItem)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(items);
        items.Values.Clear();
        if (options.FactorCount == 0)
        {
            return;
        }

        InitialFactors.Draw(items, firstItem, options.InitialScale, options.Seed, RandomPurpose.ItemFactors, options.Rank);
    }

    /// <summary>One of q, x and y, [rows, rank].</summary>
    /// <param name="shape">Where the parts of an item lie.</param>
    /// <param name="items">The training tables of consecutive items, each [rows, <see cref="FeedbackShape.ItemWidth"/>].</param>
    /// <param name="start">Where the part begins in a row.</param>
    public static FactorTable PartOf(FeedbackShape shape, IReadOnlyList<FactorTable> items, int start) => new TableSection(start, shape.Rank).Of(items);
}
