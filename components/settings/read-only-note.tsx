import { Alert } from "@/components/ui/alert";

/** Says at the top of a section why its buttons do nothing; nothing for who may use them. */
export function ReadOnlyNote({ refusal }: { refusal: string | null }) {
  if (refusal === null) return null;
  return (
    <Alert title="You can look, but not change anything here" className="mb-4">
      {refusal}
    </Alert>
  );
}
