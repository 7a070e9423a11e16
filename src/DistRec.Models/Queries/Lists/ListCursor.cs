using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using DistRec.Models.Persistence;

namespace DistRec.Models.Queries.Lists;

/// <summary>
/// Where a list goes on: which items of which version of a model have been shown. A text that means nothing to whoever passes it on.
/// </summary>
/// <remarks>
/// It holds the items themselves and not only the last one's score, because the user may rate something between two pages: all scores change then, and what
/// has been shown may come after that score once more. Bytes in base64url: a 1, the first 8 bytes of the model's hash, the steps from each shown item to the next
/// one as varints (LEB128), ascending from −1, and the first 4 bytes of the SHA-256 of all these. About a byte an item.
/// </remarks>
public sealed class ListCursor
{
    /// <summary>Longest text, so that it fits into the first line of a request.</summary>
    public const int MaximumLength = 4096;

    private const byte Version = 1;
    private const int HashBytes = 8;
    private const int CheckBytes = 4;

    private readonly string _model;
    private readonly string _text;
    private readonly string _place;

    private ListCursor(string model, int[] shown, string text, string place) => (_model, Shown, _text, _place) = (model, shown, text, place);

    /// <summary>Indices of the items that have been shown, ascending.</summary>
    public ReadOnlyMemory<int> Shown { get; }

    /// <summary>The cursor behind items that have been shown; null where they are more than a cursor can hold.</summary>
    /// <param name="saved">The model.</param>
    /// <param name="shown">Indices of the items, each once.</param>
    public static ListCursor? Behind(SavedModel saved, IEnumerable<int> shown)
    {
        ArgumentNullException.ThrowIfNull(saved);
        int[] items = [.. shown.Order()];
        string model = ModelOf(saved);
        List<byte> bytes = [Version, .. Convert.FromHexString(model)];
        int before = -1;
        foreach (int item in items)
        {
            uint step = (uint)(item - before);
            for (; step >= 0x80; step >>= 7)
            {
                bytes.Add((byte)(step | 0x80));
            }

            bytes.Add((byte)step);
            before = item;
        }

        bytes.AddRange(CheckOf([.. bytes]));
        return Base64Url.GetEncodedLength(bytes.Count) <= MaximumLength ? new ListCursor(model, items, Base64Url.EncodeToString([.. bytes]), "after") : null;
    }

    /// <summary>Reads a cursor.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="place">Where it was given, for messages.</param>
    /// <exception cref="InputException">It is none.</exception>
    public static ListCursor Parse(string text, string place) =>
        TryParse(text, place, out ListCursor? cursor)
            ? cursor
            : throw InputException.At(place, "the next of an earlier answer", $"\"{(text?.Length > 40 ? $"{text[..40]}…" : text)}\"", "pass it on as it was, or begin again without it");

    /// <summary>Whether it was made by this version of this model. It may name new items that another node has folded in and this one has not yet.</summary>
    public bool IsOf(SavedModel saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        return _model == ModelOf(saved);
    }

    /// <summary>Refuses it where another version made it.</summary>
    /// <param name="saved">The model.</param>
    /// <exception cref="InputException">It is of another model, or of another version.</exception>
    public void RequireOf(SavedModel saved)
    {
        if (!IsOf(saved))
        {
            throw Mismatch(saved);
        }
    }

    /// <summary>What is wrong with a cursor of another version.</summary>
    public InputException Mismatch(SavedModel saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        return InputException.At(_place, $"the next of an answer of this version of the model, {ModelOf(saved)}", $"one of {_model}", "begin again without it");
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    private static bool TryParse(string? text, string place, [NotNullWhen(true)] out ListCursor? cursor)
    {
        cursor = null;
        byte[] bytes = new byte[MaximumLength];
        if (text is null || text.Length > MaximumLength || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out int length)
            || length < 1 + HashBytes + CheckBytes || bytes[0] != Version)
        {
            return false;
        }

        ReadOnlySpan<byte> content = bytes.AsSpan(0, length - CheckBytes);
        if (!CheckOf(content).AsSpan().SequenceEqual(bytes.AsSpan(length - CheckBytes, CheckBytes)) || !TryReadItems(content[(1 + HashBytes)..], out int[] items))
        {
            return false;
        }

        cursor = new ListCursor(Convert.ToHexStringLower(content.Slice(1, HashBytes)), items, text, place);
        return true;
    }

    private static bool TryReadItems(ReadOnlySpan<byte> bytes, out int[] items)
    {
        List<int> read = [];
        long item = -1, step = 0;
        int shift = 0;
        foreach (byte one in bytes)
        {
            step |= (long)(one & 0x7F) << shift;
            shift += 7;
            if (one < 0x80)
            {
                item += step;
                if (step == 0 || item > int.MaxValue)
                {
                    break;
                }

                read.Add((int)item);
                (step, shift) = (0, 0);
            }
            else if (shift > 28)
            {
                break;
            }
        }

        items = [.. read];
        return (step, shift) == (0, 0);
    }

    private static byte[] CheckOf(ReadOnlySpan<byte> content) => SHA256.HashData(content)[..CheckBytes];

    private static string ModelOf(SavedModel saved) => saved.Description.ModelSha256![..(2 * HashBytes)];
}
