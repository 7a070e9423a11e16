using DistRec.Models.Neighborhood;
using DistRec.Models.Settings;

namespace DistRec.Models.Persistence;

/// <summary>Lists of like items among the tables of a model.</summary>
internal static class NeighborFile
{
    /// <summary>Adds them.</summary>
    public static void Write(SafeTensorsWriter writer, NeighborTables neighbors)
    {
        (NeighborShape shape, FactorTable lists) = neighbors;
        writer.Add(TableNames.NeighborItems, Array.ConvertAll(PartOf(0).ToArray(), item => (int)item).AsMemory(), lists.Rows, shape.Length);
        writer.Add(TableNames.NeighborWeights, PartOf(shape.WeightsStart), lists.Rows, shape.Length);
        if (shape.HasImplicit)
        {
            writer.Add(TableNames.ImplicitNeighborWeights, PartOf(shape.ImplicitStart), lists.Rows, shape.Length);
        }

        if (shape.HasProducts)
        {
            writer.Add(TableNames.NeighborProducts, PartOf(shape.ProductsStart), lists.Rows, shape.Length);
            writer.Add(TableNames.OwnProducts, PartOf(shape.OwnProductStart, 2), lists.Rows, 2);
        }

        ReadOnlyMemory<float> PartOf(int start, int length = 0)
        {
            length = length == 0 ? shape.Length : length;
            float[] part = new float[lists.Rows * length];
            for (int row = 0; row < lists.Rows; row++)
            {
                lists.Row(row).Slice(start, length).CopyTo(part.AsSpan(row * length));
            }

            return part;
        }
    }

    /// <summary>Reads them; null for a model without.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="reader">Its tables.</param>
    /// <param name="about">What the model is.</param>
    /// <exception cref="InputException">A list names an item that there is not.</exception>
    public static NeighborTables? Read(string path, SafeTensorsReader reader, ModelDescription about)
    {
        if (ModelCatalogue.Find(about.Kind)?.Read(about.Options, about.Rank).NeighborLists is not { } settings)
        {
            return null;
        }

        NeighborShape shape = settings.Shape;
        int[] items = reader.ReadInt32s(TableNames.NeighborItems, about.ItemCount, shape.Length);
        float[] weights = reader.ReadSingles(TableNames.NeighborWeights, about.ItemCount, shape.Length);
        float[]? ofAny = shape.HasImplicit ? reader.ReadSingles(TableNames.ImplicitNeighborWeights, about.ItemCount, shape.Length) : null;
        float[]? products = shape.HasProducts ? reader.ReadSingles(TableNames.NeighborProducts, about.ItemCount, shape.Length) : null;
        float[]? ownProducts = shape.HasProducts ? reader.ReadSingles(TableNames.OwnProducts, about.ItemCount, 2) : null;
        FactorTable lists = new(about.ItemCount, shape.Width);
        for (int row = 0; row < lists.Rows; row++)
        {
            Span<float> list = lists.Row(row);
            Range own = (row * shape.Length)..((row + 1) * shape.Length);
            for (int place = 0; place < shape.Length; place++)
            {
                int item = items[(row * shape.Length) + place];
                list[place] = item >= -1 && item < about.ItemCount ? item : throw InputException.At(
                    $"{path}: {TableNames.NeighborItems}[{row}, {place}]", $"an item below {about.ItemCount}, or -1", $"{item}", "copy or train the model again");
            }

            weights.AsSpan(own).CopyTo(list[shape.WeightsStart..]);
            if (shape.HasImplicit)
            {
                ofAny.AsSpan(own).CopyTo(list[shape.ImplicitStart..]);
            }

            if (shape.HasProducts)
            {
                products.AsSpan(own).CopyTo(list[shape.ProductsStart..]);
                ownProducts.AsSpan(2 * row, 2).CopyTo(list[shape.OwnProductStart..]);
            }
        }

        return new NeighborTables(shape, lists);
    }
}
