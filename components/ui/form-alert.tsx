import { Alert } from "@/components/ui/alert";

type FormAlertProps = { alert: { title: string; details: string[] } | null };

/** What is wrong with a form as a whole, announced; the errors of single fields stand at their fields. */
export function FormAlert({ alert }: FormAlertProps) {
  if (!alert) return null;
  return (
    <Alert tone="danger" announce title={alert.title}>
      {alert.details.map((detail) => (
        <p key={detail}>{detail}</p>
      ))}
    </Alert>
  );
}
