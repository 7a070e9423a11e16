namespace DistRec.Models.Persistence;

/// <summary>One entry of a safetensors header.</summary>
/// <param name="Name">Name of the tensor.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Shape">Its dimensions, row-major; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">One past the last byte.</param>
public sealed record TensorInfo(string Name, TensorType Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>Number of elements.</summary>
    public long Count => (End - Begin) / TensorTypes.SizeOf(Type);

    /// <summary>A shape as text, such as <c>[3, 2]</c>; −1 stands for any.</summary>
    public static string ShapeText(IEnumerable<long> shape) =>
        $"[{string.Join(", ", shape.Select(dimension => dimension < 0 ? "any" : dimension.ToString()))}]";
}
